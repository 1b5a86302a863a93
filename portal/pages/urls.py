from django.urls import path

from portal.pages import feeds, views

app_name = "pages"
urlpatterns = [
    path("style/", views.style, name="style"),
    path("news/rss.xml", feeds.NewsFeed(), name="rss"),
    path("news/atom.xml", feeds.NewsAtomFeed(), name="atom"),
    path("copyright/", views.copyright_page, name="copyright"),
]
