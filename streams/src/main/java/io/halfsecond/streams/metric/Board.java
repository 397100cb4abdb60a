package io.halfsecond.streams.metric;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
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

  private record Key(String name, Tags tags) {}

  private static final class Cell {
    private volatile double value;
    private volatile @Nullable Section owner;
    private final Meter meter;

    private Cell(
        MeterRegistry registry, MeterKind kind, String unit, Key key, Section owner, double value) {
      this.owner = owner;
      this.value = value;
      this.meter =
          switch (kind) {
            case GAUGE ->
                Gauge.builder(key.name, this, cell -> cell.value)
                    .tags(key.tags)
                    .baseUnit(unit.isEmpty() ? null : unit)
                    .strongReference(true)
                    .register(registry);
            case COUNTER ->
                FunctionCounter.builder(key.name, this, cell -> cell.value)
                    .tags(key.tags)
                    .register(registry);
          };
    }
  }

  /// A meter of a host, and its value now.
  record Reading(String name, Tags tags, double value) {
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
            .map(cell -> new Reading(cell.getKey().name, cell.getKey().tags, cell.getValue().value))
            .toList());
  }

  /// The meters of one processor of one task.
  public final class Section implements AutoCloseable {
    private final Set<Key> written = new HashSet<>();

    private Section() {}

    /// Sets a gauge, creating it if necessary.
    ///
    /// @param unit for example [Meters#SECONDS]; empty for none
    public void gauge(String name, String unit, Tags tags, double value) {
      write(MeterKind.GAUGE, new Key(name, tags), unit, value);
    }

    /// A gauge that is set often. It is created when it is first set.
    ///
    /// @param unit as in [#gauge(String, String, Tags, double)]
    public DoubleConsumer often(String name, String unit, Tags tags) {
      var key = new Key(name, tags);
      return new DoubleConsumer() {
        private @Nullable Cell cell;

        @Override
        public void accept(double value) {
          var known = cell;
          if (known == null || known.owner != Section.this) {
            cell = write(MeterKind.GAUGE, key, unit, value);
          } else {
            known.value = value;
          }
        }
      };
    }

    /// Sets a counter whose value is kept in a store.
    public void counter(String name, Tags tags, double value) {
      write(MeterKind.COUNTER, new Key(name, tags), "", value);
    }

    public void remove(String name, Tags tags) {
      var key = new Key(name, tags);
      if (written.remove(key)) {
        erase(key);
      }
    }

    @Override
    public void close() {
      written.forEach(this::erase);
      written.clear();
    }

    private Cell write(MeterKind kind, Key key, String unit, double value) {
      written.add(key);
      return cells.compute(
          key,
          (_, cell) -> {
            if (cell == null) {
              return new Cell(registry, kind, unit, key, this, value);
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
