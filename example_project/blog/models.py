from django.db import models
from django.db.models.functions import Now


class Comment(models.Model):
    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey("Post", models.CASCADE)
    user = models.ForeignKey("User", models.SET_NULL, null=True, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField(editable=False, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "comments"

    def __str__(self):
        return self.body


class PostTag(models.Model):
    pk = models.CompositePrimaryKey("post_id", "tag_id")
    post = models.ForeignKey("Post", models.CASCADE)
    tag = models.ForeignKey("Tag", models.CASCADE)

    class Meta:
        db_table = "post_tags"


class Post(models.Model):
    id = models.BigAutoField(primary_key=True)
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    content = models.TextField()
    published = models.BooleanField(db_default=False)
    user = models.ForeignKey("User", models.CASCADE)
    created_at = models.DateTimeField(editable=False, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())
    tags = models.ManyToManyField("Tag", through="PostTag")

    class Meta:
        db_table = "posts"
        indexes = [
            models.Index(
                fields=["user", "created_at"], name="posts_user_id_created_at_index"
            )
        ]

    def __str__(self):
        return self.title


class Tag(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        db_table = "tags"

    def __str__(self):
        return self.name


class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    bio = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(editable=False, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())
    email = models.EmailField(max_length=254, null=True, blank=True, unique=True)

    class Meta:
        db_table = "users"

    def __str__(self):
        return self.name
