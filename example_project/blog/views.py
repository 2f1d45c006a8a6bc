from __future__ import annotations

from django.views.generic import DetailView, ListView

from example_project.blog.models import Post


class PostList(ListView):
    queryset = Post.objects.filter(published=True).select_related("user").prefetch_related("tags")
    ordering = "-created_at"


class PostDetail(DetailView):
    queryset = PostList.queryset
