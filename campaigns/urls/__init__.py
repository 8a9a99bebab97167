from campaigns.urls import campaigns, indicators, schemes

urlpatterns = [*campaigns.urlpatterns, *schemes.urlpatterns, *indicators.urlpatterns]
