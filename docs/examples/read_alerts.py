"""Prints alerts that no other alert covers, from the topic in JSON. It needs confluent-kafka.

    python3 read_alerts.py kafka-1:9092 ssh.alerts-json [RECORDS]
"""
import json
import sys

from confluent_kafka import Consumer, KafkaException

servers, topic = sys.argv[1:3]
left = int(sys.argv[3]) if len(sys.argv) > 3 else sys.maxsize

consumer = Consumer({
    "bootstrap.servers": servers,
    "group.id": "example-python",
    "isolation.level": "read_committed",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
})
consumer.subscribe([topic])
try:
    while left > 0:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        alert = json.loads(message.value())
        if not alert["covered"]:
            print(alert["at"], alert["state"], alert["title"], flush=True)
        consumer.commit(message)  # after it has been handled
        left -= 1
finally:
    consumer.close()
