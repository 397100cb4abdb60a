package io.halfsecond.deploy.service;

import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.UnixDatagram;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells systemd how the process does, as sd_notify(3) describes: that it has started, that it is
/// alive, what it waits for, and that it ends. Does nothing in a process that systemd has not asked
/// to.
///
/// Not safe for use by several threads.
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  /// As long as a line of `systemctl status` may sensibly be.
  private static final int LONGEST_STATUS = 400;

  /// Of a longer one the middle is left out: its end says what to do.
  private static final int END_OF_STATUS = 150;

  private final Optional<String> socket;
  private final Optional<Duration> between;
  private final LongSupplier nanos;
  private String status = "";
  private long toldNanos;
  private boolean complained;

  /// @param environment with the variables that systemd sets: `NOTIFY_SOCKET`, and `WATCHDOG_USEC`
  ///   if it ends a process that stays silent
  public static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(environment, System::nanoTime);
  }

  ServiceManager(Map<String, String> environment, LongSupplier nanos) {
    socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(name -> !name.isEmpty());
    // Three times in the time that it waits.
    between =
        Optional.ofNullable(environment.get("WATCHDOG_USEC"))
            .filter(number -> number.matches("\\d{1,15}"))
            .map(number -> Duration.ofNanos(Long.parseLong(number) * 1000 / 3));
    this.nanos = nanos;
  }

  /// To be called about once a second by what looks after the parts of the process; the first call
  /// says that the process has started.
  ///
  /// @param waiting what it waits for; empty if it does its work
  public void look(List<String> waiting) {
    if (socket.isEmpty()) {
      return;
    }
    long now = nanos.getAsLong();
    var before = status;
    status = text(waiting);
    boolean first = before.isEmpty();
    if (first
        || !status.equals(before)
        || between.filter(pause -> now - toldNanos >= pause.toNanos()).isPresent()) {
      tell((first ? "READY=1\n" : "") + "WATCHDOG=1\nSTATUS=" + status);
      toldNanos = now;
    }
  }

  /// Says that the process ends in order, which may take a while.
  public void stopping() {
    tell("STOPPING=1\nSTATUS=ending");
  }

  static String text(List<String> waiting) {
    var text =
        waiting.isEmpty()
            ? "at work"
            : waiting.stream()
                .map(line -> line.replace('\n', ' '))
                .collect(Collectors.joining("; ", "waiting: ", ""));
    return text.length() <= LONGEST_STATUS
        ? text
        : text.substring(0, LONGEST_STATUS - END_OF_STATUS)
            + " … "
            + text.substring(text.length() - END_OF_STATUS);
  }

  private void tell(String message) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      UnixDatagram.send(socket.get(), message);
    } catch (NativeCallException | IllegalArgumentException e) {
      if (!complained) {
        LOG.warn("systemd cannot be told how this process does: {}", e.getMessage());
        complained = true;
      }
    }
  }
}
