"""A Django app in one file, with a model in an SQLite database in memory."""
import django
from django.conf import settings

settings.configure(
    DEBUG=False, SECRET_KEY='of tests', ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
    MIDDLEWARE=['django.middleware.common.CommonMiddleware'], USE_TZ=True,
    DEFAULT_AUTO_FIELD='django.db.models.AutoField', LOGGING_CONFIG=None)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402: after the settings
from django.db import connection, models  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Product(models.Model):
    name = models.CharField(max_length=30)
    price = models.IntegerField()

    class Meta:
        app_label = 'shop'


def fill():
    """A database in memory belongs to one thread: it is made at the first request."""
    if 'shop_product' not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Product)
        Product.objects.bulk_create(Product(name='product %d' % i, price=i)
                                    for i in range(30))


def products(request):
    fill()
    cheap = Product.objects.filter(price__lt=20).order_by('-name')
    total = Product.objects.aggregate(models.Sum('price'))
    return JsonResponse({'names': [product.name for product in cheap], **total})


def broken(request):
    raise ValueError('a bug in the shop')


urlpatterns = [path('products', products), path('broken', broken)]
application = get_wsgi_application()
