package io.halfsecond.collector.sink;

import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps records in a list and acknowledges each at once.
public final class ListSink implements Sink {
  private final List<EncodedRecord> records = new CopyOnWriteArrayList<>();

  public List<EncodedRecord> records() {
    return records;
  }

  public <T> List<T> read(Topic<T> topic) {
    return records.stream()
        .filter(sent -> sent.topic().equals(topic.name()))
        .map(sent -> topic.valueSerde().deserializer().deserialize(topic.name(), sent.value()))
        .toList();
  }

  @Override
  public void send(EncodedRecord message, Receipt receipt) {
    records.add(message);
    receipt.acknowledged();
  }

  @Override
  public void close(Duration timeout) {}
}
