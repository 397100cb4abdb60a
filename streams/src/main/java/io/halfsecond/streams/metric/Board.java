package io.halfsecond.streams.metric;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// Meters of hosts, which are removed when their task moves away.
///
/// A partition, and with it a host, moves between tasks, threads and instances. So every processor
/// writes to a [Section] of its own. Closing a section removes its meters from the registry, except
/// for those that another section has written to since.
///
/// Safe for use by several threads; a section is for one thread.
public final class Board {
  private enum MeterKind {
    GAUGE,
    COUNTER
  }

  private record Key(Metric metric, Tags tags) {}

  private static final class Cell {
    private volatile double value;
    private volatile @Nullable Section owner;
    private final Meter meter;

    private Cell(MeterRegistry registry, MeterKind kind, Key key, Section owner, double value) {
      this.owner = owner;
      this.value = value;
      this.meter =
          switch (kind) {
            case GAUGE -> key.metric.gauge(registry, key.tags, this, cell -> cell.value);
            case COUNTER -> key.metric.counter(registry, key.tags, this, cell -> cell.value);
          };
    }
  }

  /// A meter of a host, and its value now.
  record Reading(Metric metric, Tags tags, double value) {
    /// Empty if there is none.
    String tag(String key) {
      return tags.stream()
          .filter(tag -> tag.getKey().equals(key))
          .map(Tag::getValue)
          .findFirst()
          .orElse("");
    }
  }

  private final MeterRegistry registry;
  private final ShownAlerts alerts = new ShownAlerts();
  private final ConcurrentHashMap<Key, Cell> cells = new ConcurrentHashMap<>();

  public Board(MeterRegistry registry) {
    this.registry = registry;
  }

  public Section section() {
    return new Section();
  }

  /// The open alerts beside the meters.
  public ShownAlerts alerts() {
    return alerts;
  }

  /// What is on the board now.
  public Present present() {
    return Present.of(
        alerts.all(),
        cells.entrySet().stream()
            .map(
                cell ->
                    new Reading(cell.getKey().metric, cell.getKey().tags, cell.getValue().value))
            .toList());
  }

  /// The meters of one processor of one task.
  public final class Section implements AutoCloseable {
    private final Set<Key> written = new HashSet<>();

    private Section() {}

    /// Sets a gauge, creating it if necessary.
    public void gauge(Metric metric, Tags tags, double value) {
      write(MeterKind.GAUGE, new Key(metric, tags), value);
    }

    /// A gauge that is set often. It is created when it is first set.
    public DoubleConsumer often(Metric metric, Tags tags) {
      var key = new Key(metric, tags);
      return new DoubleConsumer() {
        private @Nullable Cell cell;

        @Override
        public void accept(double value) {
          var known = cell;
          if (known == null || known.owner != Section.this) {
            cell = write(MeterKind.GAUGE, key, value);
          } else {
            known.value = value;
          }
        }
      };
    }

    /// Sets a counter whose value is kept in a store.
    public void counter(Metric metric, Tags tags, double value) {
      write(MeterKind.COUNTER, new Key(metric, tags), value);
    }

    public void remove(Metric metric, Tags tags) {
      var key = new Key(metric, tags);
      if (written.remove(key)) {
        erase(key);
      }
    }

    @Override
    public void close() {
      written.forEach(this::erase);
      written.clear();
    }

    private Cell write(MeterKind kind, Key key, double value) {
      written.add(key);
      return cells.compute(
          key,
          (_, cell) -> {
            if (cell == null) {
              return new Cell(registry, kind, key, this, value);
            }
            cell.owner = this;
            cell.value = value;
            return cell;
          });
    }

    private void erase(Key key) {
      cells.computeIfPresent(
          key,
          (_, cell) -> {
            if (cell.owner != this) {
              return cell;
            }
            registry.remove(cell.meter);
            cell.owner = null;
            return null;
          });
    }
  }
}
