"""The database: orders and their items, in memory."""
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship
from sqlalchemy.pool import StaticPool

Base = declarative_base()
engine = create_engine('sqlite://', poolclass=StaticPool,
                       connect_args={'check_same_thread': False})


class Order(Base):
    __tablename__ = 'orders'
    id = Column(Integer, primary_key=True)
    items = relationship('Item')


class Item(Base):
    __tablename__ = 'items'
    id = Column(Integer, primary_key=True)
    order_id = Column(ForeignKey('orders.id'))
    name = Column(String)
    price = Column(Integer)

    def as_dict(self):
        category = {'name': 'all', 'parent': None}
        for level in range(self.id % 6):
            category = {'name': 'level %d' % level, 'parent': category}
        return {'price': self.price, 'country': 'DE', 'category': category,
                'tags': ['tag%d' % (self.id * step % 50) for step in range(6)]}


def fill():
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Order(id=42, items=[Item(name='thing %d' % number, price=number * 7 % 90)
                                        for number in range(120)]))
        session.commit()


def session_for():
    return Session(engine)


fill()
