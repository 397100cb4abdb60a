package io.halfsecond.streams.processor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/// A store of a task, kept in the one database of its application.
///
/// It keeps the offset up to which it has its changelog, as Kafka Streams tells it when the task
/// ends. The first change after that deletes the offset: what a process leaves that was killed may
/// be part of a transaction that never committed, and without an offset Kafka Streams deletes the
/// task and restores it.
///
/// Safe for use by several threads: one that changes it, others that read.
public final class DatabaseStore implements KeyValueStore<Bytes, byte[]> {
  private final String name;
  private final Set<Entries> reading = new HashSet<>();
  private @Nullable StateDatabase database;
  private byte[] contents = {};
  private byte[] offset = {};
  private boolean offsetHolds;

  private DatabaseStore(String name) {
    this.name = name;
  }

  /// For a store of a topology.
  public static KeyValueBytesStoreSupplier named(String name) {
    return new Supplier(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void init(StateStoreContext context, StateStore root) {
    var directory = context.stateDir().toPath();
    contents = StateDatabase.contents(context.taskId(), name);
    offset = StateDatabase.offset(context.taskId(), name);
    offsetHolds = true;
    database = StateDatabase.open(Objects.requireNonNull(directory.getParent()));
    try {
      database.begin(directory, context.taskId());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    context.register(root, new Restoration());
  }

  /// What is restored is committed, so the offset holds, though it may be too low.
  private final class Restoration implements BatchingStateRestoreCallback {
    @Override
    public void restoreAll(Collection<KeyValue<byte[], byte[]>> records) {
      write(
          batch -> {
            for (var each : records) {
              add(batch, each.key, each.value);
            }
          });
    }
  }

  private interface Change {
    void addTo(WriteBatch batch) throws RocksDBException;
  }

  private synchronized void write(Change change) {
    try (var batch = new WriteBatch()) {
      change.addTo(batch);
      database().write(batch);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private void add(WriteBatch batch, byte[] key, byte @Nullable [] value) throws RocksDBException {
    if (value == null) {
      batch.delete(inDatabase(key));
    } else {
      batch.put(inDatabase(key), value);
    }
  }

  private byte[] inDatabase(byte[] key) {
    var whole = Arrays.copyOf(contents, contents.length + key.length);
    System.arraycopy(key, 0, whole, contents.length, key.length);
    return whole;
  }

  private StateDatabase database() {
    if (database == null) {
      throw new InvalidStateStoreException("store " + name + " is closed");
    }
    return database;
  }

  private ProcessorStateException failed(RocksDBException e) {
    return new ProcessorStateException("store " + name + ": " + e.getMessage(), e);
  }

  @Override
  public void put(Bytes key, byte @Nullable [] value) {
    putAll(List.of(new KeyValue<>(key, value)));
  }

  @Override
  public synchronized void putAll(List<KeyValue<Bytes, byte[]>> entries) {
    write(
        batch -> {
          if (offsetHolds) {
            batch.delete(offset);
          }
          for (var each : entries) {
            add(batch, each.key.get(), each.value);
          }
        });
    offsetHolds = false;
  }

  @Override
  public synchronized byte @Nullable [] putIfAbsent(Bytes key, byte @Nullable [] value) {
    var before = get(key);
    if (before == null) {
      put(key, value);
    }
    return before;
  }

  @Override
  public synchronized byte @Nullable [] delete(Bytes key) {
    var before = get(key);
    put(key, null);
    return before;
  }

  @Override
  public synchronized byte @Nullable [] get(Bytes key) {
    return stored(inDatabase(key.get()));
  }

  private byte @Nullable [] stored(byte[] key) {
    try {
      return database().get(key);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /// @param changelogOffsets empty if the task is to be restored
  @Override
  public synchronized void commit(Map<TopicPartition, Long> changelogOffsets) {
    for (var committed : changelogOffsets.values()) {
      var bytes = ByteBuffer.allocate(Long.BYTES).putLong(committed).array();
      // Each start commits what it finds.
      if (!Arrays.equals(bytes, stored(offset))) {
        write(batch -> batch.put(offset, bytes));
      }
      offsetHolds = true;
    }
  }

  @Override
  public synchronized @Nullable Long committedOffset(TopicPartition partition) {
    var bytes = stored(offset);
    return bytes == null ? null : ByteBuffer.wrap(bytes).getLong();
  }

  @Override
  @SuppressWarnings("deprecation") // as long as the others do not
  public boolean managesOffsets() {
    return true;
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public synchronized boolean isOpen() {
    return database != null;
  }

  @Override
  public synchronized void close() {
    if (database != null) {
      List.copyOf(reading).forEach(Entries::close);
      var closing = database;
      database = null;
      closing.close();
    }
  }

  /// None is kept: nobody asks for stores that are level with another.
  @Override
  public Position getPosition() {
    return Position.emptyPosition();
  }

  @Override
  public long approximateNumEntries() {
    long entries = 0;
    try (var each = all()) {
      for (; each.hasNext(); each.next()) {
        entries++;
      }
    }
    return entries;
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    return entries(contents, after(contents), true);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> reverseAll() {
    return entries(contents, after(contents), false);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    return range(from, to, true);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> reverseRange(@Nullable Bytes from, @Nullable Bytes to) {
    return range(from, to, false);
  }

  private KeyValueIterator<Bytes, byte[]> range(
      @Nullable Bytes from, @Nullable Bytes to, boolean forward) {
    var first = from == null ? contents : inDatabase(from.get());
    byte[] end;
    if (to == null) {
      end = after(contents);
    } else {
      var last = inDatabase(to.get());
      end = Arrays.copyOf(last, last.length + 1);
    }
    return entries(first, end, forward);
  }

  @Override
  public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(
      P prefix, S serializer) {
    var first = inDatabase(serializer.serialize(name, prefix));
    return entries(first, after(first), true);
  }

  /// The least key that is greater than all that begin with a prefix. There is one: what all keys
  /// of a store begin with ends with a zero.
  private static byte[] after(byte[] prefix) {
    int length = prefix.length;
    while (prefix[length - 1] == (byte) 0xFF) {
      length--;
    }
    var after = Arrays.copyOf(prefix, length);
    after[length - 1]++;
    return after;
  }

  private synchronized Entries entries(byte[] first, byte[] end, boolean forward) {
    return new Entries(database().iterator(), first, end, forward);
  }

  /// Entries of a range, of one moment. Closed with the store.
  private final class Entries implements KeyValueIterator<Bytes, byte[]> {
    private final RocksIterator iterator;
    private final byte[] first;
    private final byte[] end;
    private final boolean forward;
    private @Nullable KeyValue<Bytes, byte[]> next;

    private Entries(RocksIterator iterator, byte[] first, byte[] end, boolean forward) {
      this.iterator = iterator;
      this.first = first;
      this.end = end;
      this.forward = forward;
      reading.add(this);
      if (forward) {
        iterator.seek(first);
      } else {
        iterator.seekForPrev(end);
        if (iterator.isValid() && Arrays.equals(iterator.key(), end)) {
          iterator.prev();
        }
      }
      read();
    }

    private void read() {
      next = null;
      if (iterator.isValid()) {
        var key = iterator.key();
        if (Arrays.compareUnsigned(first, key) <= 0 && Arrays.compareUnsigned(key, end) < 0) {
          next =
              new KeyValue<>(
                  Bytes.wrap(Arrays.copyOfRange(key, contents.length, key.length)),
                  iterator.value());
        }
      } else {
        try {
          iterator.status();
        } catch (RocksDBException e) {
          throw failed(e);
        }
      }
    }

    @Override
    public boolean hasNext() {
      synchronized (DatabaseStore.this) {
        requireOpen();
        return next != null;
      }
    }

    @Override
    public Bytes peekNextKey() {
      synchronized (DatabaseStore.this) {
        return following().key;
      }
    }

    @Override
    public KeyValue<Bytes, byte[]> next() {
      synchronized (DatabaseStore.this) {
        var entry = following();
        if (forward) {
          iterator.next();
        } else {
          iterator.prev();
        }
        read();
        return entry;
      }
    }

    private KeyValue<Bytes, byte[]> following() {
      requireOpen();
      if (next == null) {
        throw new NoSuchElementException();
      }
      return next;
    }

    private void requireOpen() {
      if (!reading.contains(this)) {
        throw new InvalidStateStoreException("store " + name + " was closed");
      }
    }

    @Override
    public void close() {
      synchronized (DatabaseStore.this) {
        if (reading.remove(this)) {
          iterator.close();
        }
      }
    }
  }

  private record Supplier(String name) implements KeyValueBytesStoreSupplier {
    @Override
    public KeyValueStore<Bytes, byte[]> get() {
      return new DatabaseStore(name);
    }

    @Override
    public String metricsScope() {
      return "database";
    }
  }
}
