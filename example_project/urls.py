from __future__ import annotations

from django.contrib import admin
from django.urls import path

from example_project.blog.views import PostDetail, PostList

urlpatterns = [
    path("", PostList.as_view(), name="post-list"),
    path("posts/<slug:slug>/", PostDetail.as_view(), name="post-detail"),
    path("admin/", admin.site.urls),
]
