package io.halfsecond.streams.processor;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/// Bounds the memory of all RocksDBs of this process together. Each store of each partition is one,
/// and Kafka Streams' default is up to 98 MB for each: 50 for its cache, 48 for three write
/// buffers.
public final class RocksMemory implements RocksDBConfigSetter {
  /// The write buffers count towards it.
  private static final long CACHE_BYTES = 64L << 20;

  private static final long WRITE_BUFFERS_BYTES = 32L << 20;
  private static final long WRITE_BUFFER_BYTES = 4L << 20;

  /// The least memory of a write buffer. There may be a hundred.
  private static final long ARENA_BYTES = 64L << 10;

  private static final int LOG_FILES = 2;

  /// For the life of the process. Made when first needed, because the native library must be loaded
  /// before.
  private static final class Shared {
    private static final LRUCache CACHE = new LRUCache(CACHE_BYTES);
    private static final WriteBufferManager WRITE_BUFFERS =
        new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);
  }

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    if (options.tableFormatConfig() instanceof BlockBasedTableConfig tables) {
      tables.setBlockCache(Shared.CACHE);
      // Or else they are outside the cache, and not bounded.
      tables.setCacheIndexAndFilterBlocks(true);
      options.setTableFormatConfig(tables);
    }
    options.setWriteBufferManager(Shared.WRITE_BUFFERS);
    options.setWriteBufferSize(WRITE_BUFFER_BYTES);
    options.setArenaBlockSize(ARENA_BYTES);
    options.setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
    options.setKeepLogFileNum(LOG_FILES);
  }

  /// Nothing: what is shared outlives a store.
  @Override
  public void close(String storeName, Options options) {}
}
