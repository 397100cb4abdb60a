package io.halfsecond.streams.processor;

import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/// A store that keeps nothing: Kafka Streams flushes it before each commit of its task, and then it
/// calls a processor back, which writes what it has kept in memory to its stores. Those must have
/// no cache: it may have been flushed before.
///
/// **Assumes** `CachedStateStore` as of Kafka Streams 4.3, which is not public API. No other class
/// touches it.
public final class BeforeCommit implements StateStore, CachedStateStore<Object, Object> {
  private final String name;
  private Runnable action = () -> {};
  private boolean open;

  private BeforeCommit(String name) {
    this.name = name;
  }

  /// To be added to a topology, for one processor.
  public static StoreBuilder<BeforeCommit> builder(String name) {
    return new Builder(name);
  }

  /// Sets what is called before each commit.
  static void call(ProcessingContext context, String name, Runnable action) {
    BeforeCommit store = context.getStateStore(name);
    store.action = action;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(root, (_, _) -> {});
    open = true;
  }

  @Override
  public void flushCache() {
    action.run();
  }

  /// The task becomes a standby: the processor has gone.
  @Override
  public void clearCache() {
    action = () -> {};
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<Object, Object> listener, boolean sendOld) {
    return false;
  }

  @Override
  public void close() {
    // What was not committed is read again.
    action = () -> {};
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  private record Builder(String name) implements StoreBuilder<BeforeCommit> {
    @Override
    public BeforeCommit build() {
      return new BeforeCommit(name);
    }

    @Override
    public StoreBuilder<BeforeCommit> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<BeforeCommit> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<BeforeCommit> withLoggingEnabled(Map<String, String> config) {
      throw new UnsupportedOperationException("it keeps nothing");
    }

    @Override
    public StoreBuilder<BeforeCommit> withLoggingDisabled() {
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
