package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.TaskId;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/// The one RocksDB below the state directory of an application: it has all stores of all its tasks.
/// Kafka Streams would have one for each store of each partition, and each takes seven descriptors,
/// 4 MB of disk before it has anything, and up to 98 MB of memory.
///
/// The keys of a store begin with the names of its task and of the store. Kafka Streams knows only
/// the directories of tasks, and deletes one when it wants to be rid of what the task has. So each
/// has a file; where it is missing, what is here of the task is deleted.
///
/// Safe for use by several threads.
final class StateDatabase {
  private static final String DIRECTORY = "rocksdb";

  /// In the directory of a task.
  private static final String TASK_FILE = "has-state";

  /// The write buffers count towards it. It bounds the memory of all databases of this process.
  private static final long CACHE_BYTES = 64L << 20;

  private static final long WRITE_BUFFERS_BYTES = 32L << 20;
  private static final long WRITE_BUFFER_BYTES = 16L << 20;
  private static final int OPEN_FILES = 64;
  private static final long MANIFEST_BYTES = 64L << 10;
  private static final long LOG_BYTES = 1L << 20;
  private static final int LOG_FILES = 2;
  private static final double BITS_OF_FILTER = 10;

  private static final byte AFTER_TASK = '/';

  /// What stores know about themselves begins with it; their contents begin with a digit.
  private static final String ABOUT = "\0";

  /// For the life of the process. Made when first needed, because the native library must be loaded
  /// before.
  private static final class Shared {
    private static final LRUCache CACHE = new LRUCache(CACHE_BYTES);
    private static final WriteBufferManager WRITE_BUFFERS =
        new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);
  }

  static {
    RocksDB.loadLibrary();
  }

  private static final Map<Path, StateDatabase> OPEN = new HashMap<>();

  private final Path application;
  private final BloomFilter filter = new BloomFilter(BITS_OF_FILTER);
  private final Options options;

  /// Without a log: what is not in a file when the process is killed is restored.
  private final WriteOptions writing = new WriteOptions().setDisableWAL(true);

  private final RocksDB db;
  private int users;

  private StateDatabase(Path application) throws IOException, RocksDBException {
    this.application = application;
    options =
        new Options()
            .setCreateIfMissing(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(Shared.CACHE)
                    // Or else they are outside the cache, and not bounded.
                    .setCacheIndexAndFilterBlocks(true)
                    .setFilterPolicy(filter))
            .setWriteBufferManager(Shared.WRITE_BUFFERS)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setCompactionStyle(CompactionStyle.UNIVERSAL)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setMaxOpenFiles(OPEN_FILES)
            .setManifestPreallocationSize(MANIFEST_BYTES)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(LOG_BYTES)
            .setKeepLogFileNum(LOG_FILES);
    try {
      var directory = application.resolve(DIRECTORY);
      Files.createDirectories(directory);
      db = RocksDB.open(options, directory.toString());
    } catch (IOException | RocksDBException e) {
      closeOptions();
      throw e;
    }
  }

  /// Opens it, or joins those who have it open. Each closes it once.
  ///
  /// @param application the directory that has those of the tasks
  static StateDatabase open(Path application) {
    synchronized (OPEN) {
      var open = OPEN.get(application);
      try {
        if (open == null) {
          open = new StateDatabase(application);
          OPEN.put(application, open);
          open.users++;
          open.deleteTasksThatAreGone();
        } else {
          open.users++;
        }
        return open;
      } catch (IOException | RocksDBException e) {
        if (open != null) {
          open.close();
        }
        throw new ProcessorStateException(
            "cannot open the stores in " + application + ": " + e.getMessage(), e);
      }
    }
  }

  void close() {
    synchronized (OPEN) {
      if (--users > 0) {
        return;
      }
      OPEN.remove(application);
      try {
        flush();
      } catch (RocksDBException e) {
        throw new ProcessorStateException(
            "cannot write the stores to " + application + ": " + e.getMessage(), e);
      } finally {
        db.close();
        closeOptions();
      }
    }
  }

  private void flush() throws RocksDBException {
    try (var flush = new FlushOptions().setWaitForFlush(true)) {
      db.flush(flush);
    }
  }

  private void closeOptions() {
    options.close();
    writing.close();
    filter.close();
  }

  /// What the keys of a store begin with.
  static byte[] contents(TaskId task, String store) {
    return (task + "/" + store + "\0").getBytes(UTF_8);
  }

  /// The key of the offset up to which a store has its changelog.
  static byte[] offset(TaskId task, String store) {
    return (ABOUT + task + "/" + store).getBytes(UTF_8);
  }

  /// Begins with a task: deletes what is left of it, if its directory was deleted.
  ///
  /// @param directory the task's own
  void begin(Path directory, TaskId task) {
    synchronized (OPEN) {
      var file = directory.resolve(TASK_FILE);
      try {
        if (Files.notExists(file)) {
          if (has(task)) {
            delete(task.toString());
            // Before the file: otherwise a process that is killed leaves both, what was and the
            // file.
            flush();
          }
          Files.createFile(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (RocksDBException e) {
        throw new ProcessorStateException(
            "cannot empty the stores of task " + task + ": " + e.getMessage(), e);
      }
    }
  }

  private boolean has(TaskId task) throws RocksDBException {
    for (var start : List.of(task + "/", ABOUT + task + "/")) {
      var prefix = start.getBytes(UTF_8);
      try (var each = db.newIterator()) {
        each.seek(prefix);
        if (each.isValid() && Arrays.mismatch(each.key(), prefix) >= prefix.length) {
          return true;
        }
        each.status();
      }
    }
    return false;
  }

  /// Kafka Streams deletes the directory of a task that has been elsewhere for some time.
  private void deleteTasksThatAreGone() throws RocksDBException {
    try (var each = db.newIterator()) {
      each.seek(new byte[] {(byte) (ABOUT.charAt(0) + 1)});
      while (each.isValid()) {
        var key = each.key();
        int length = 0;
        while (key[length] != AFTER_TASK) {
          length++;
        }
        var task = new String(key, 0, length, UTF_8);
        if (Files.notExists(application.resolve(task).resolve(TASK_FILE))) {
          delete(task);
        }
        each.seek(end(task));
      }
      each.status();
    }
  }

  private void delete(String task) throws RocksDBException {
    try (var batch = new WriteBatch()) {
      batch.deleteRange((task + "/").getBytes(UTF_8), end(task));
      batch.deleteRange((ABOUT + task + "/").getBytes(UTF_8), end(ABOUT + task));
      db.write(writing, batch);
    }
  }

  /// The first key behind those of a task.
  private static byte[] end(String task) {
    return (task + (char) (AFTER_TASK + 1)).getBytes(UTF_8);
  }

  byte[] get(byte[] key) throws RocksDBException {
    return db.get(key);
  }

  void write(WriteBatch batch) throws RocksDBException {
    db.write(writing, batch);
  }

  RocksIterator iterator() {
    return db.newIterator();
  }
}
