from __future__ import annotations

from django.contrib import admin

from example_project.blog.models import Comment, Post, Tag, User


class CommentInline(admin.TabularInline):
    model = Comment
    extra = 0


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ["title", "user", "published", "created_at"]
    list_filter = ["published", "tags"]
    search_fields = ["title", "content"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [CommentInline]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "created_at"]
    search_fields = ["name", "email"]


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ["body", "post", "user", "created_at"]


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name"]
