package io.halfsecond.deploy.replay;

import io.halfsecond.collector.replay.LogReplay;
import io.halfsecond.deploy.recording.Recording;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import io.halfsecond.streams.telemetry.InputTopic;
import io.halfsecond.streams.telemetry.Telemetry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.SerializationException;

/// Reads inputs one after the other: log lines are assembled into connections as in the collector,
/// recordings are taken unchanged, and all of it is judged as in the topology.
///
/// Not safe for use by several threads.
public final class ReplayRun {
  /// Passes an entry's value on.
  @FunctionalInterface
  private interface EntryReader {
    /// @throws SerializationException if the value cannot be read
    void read(Recording.Entry entry);
  }

  private final Set<String> wanted;
  private final Set<String> missing;
  private final Replay replay;
  private final LogReplay history;
  private final Durations durations = new Durations();
  private final Map<String, EntryReader> readers = new HashMap<>();
  private long entries;
  private long unreadable;
  private Optional<String> firstUnreadable = Optional.empty();

  /// @param topics the topics that recordings name
  /// @param wanted hosts to judge; all if empty
  /// @param now the wall clock
  /// @param output receives every record of every alert
  public ReplayRun(
      DetectorSettings settings,
      Topics topics,
      Set<String> wanted,
      Instant now,
      Consumer<Alert> output) {
    this.wanted = Set.copyOf(wanted);
    this.missing = new TreeSet<>(wanted);
    this.replay = new Replay(settings, now, output);
    this.history =
        new LogReplay(
            this::isWanted,
            timing -> {
              durations.add(timing);
              replay.accept(timing.getHost(), new Telemetry.Authentication(timing));
            });
    InputTopic.all(topics).forEach(this::read);
  }

  private <T> void read(InputTopic<T> input) {
    var topic = input.topic();
    readers.put(
        topic.name(),
        entry -> {
          var value = topic.valueSerde().deserializer().deserialize(entry.topic(), entry.bytes());
          var record = input.asInput().apply(value);
          boolean isRead =
              switch (record) {
                case Telemetry telemetry -> isWanted(telemetry.host());
                case io.halfsecond.streams.telemetry.Input.Control(var control) ->
                    control.getHost().isEmpty() || isWanted(control.getHost());
                case io.halfsecond.streams.telemetry.Input.Forged _ -> false;
              };
          if (isRead) {
            replay.accept(entry.key(), record);
          }
        });
  }

  /// Reads an input to its end.
  ///
  /// @throws IOException if the rest cannot be read; what was read until then counts
  public void read(Input input, Input.Listener listener) throws IOException {
    try (var in = input.open(listener)) {
      try {
        read(input, in);
      } catch (IOException e) {
        // The damage explains why a form ends too early.
        throw in.damage().map(damage -> new IOException(damage, e)).orElse(e);
      }
      if (in.damage().isPresent()) {
        throw new IOException(in.damage().get());
      }
    }
  }

  private void read(Input input, InputStream in) throws IOException {
    switch (input.form()) {
      case Input.Form.Empty _ -> in.skip(1);
      case Input.Form.Log(var format) -> history.read(input.name(), format, in, input.calendar());
      case Input.Form.Recorded _ -> readRecording(input.name(), in);
    }
  }

  /// Judges what was read last. Nothing may be read afterwards.
  public Report finish() {
    history.finish();
    return new Report(
        new Report.Logs(
            history.lines(),
            history.connections().opened(),
            history.history().sshdCount(),
            history.isDatedToTheSecond(),
            history.history().unreadable(),
            history.history().unknown(),
            durations.missing(history.beginnings())),
        entries,
        unreadable,
        firstUnreadable.or(history::firstUnreadable),
        missing,
        replay.finish());
  }

  private void readRecording(String name, InputStream in) throws IOException {
    try (var reader = Recording.Reader.open(in)) {
      long number = 1;
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        entries++;
        if (!take(entry.get())) {
          unreadable++;
          var culprit = "%s: record %d".formatted(name, number);
          firstUnreadable =
              firstUnreadable.or(history::firstUnreadable).or(() -> Optional.of(culprit));
        }
        number++;
      }
    }
  }

  private boolean take(Recording.Entry entry) {
    var reader = readers.get(entry.topic());
    if (reader == null) {
      return false;
    }
    try {
      reader.read(entry);
      return true;
    } catch (SerializationException _) {
      return false;
    }
  }

  private boolean isWanted(String host) {
    missing.remove(host);
    return wanted.isEmpty() || wanted.contains(host);
  }
}
