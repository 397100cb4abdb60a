package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.PhaseUsage;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// What the monitor and the preauth child took and used in each phase, from samples of the monitor
/// at the fork and the exit of the child, a sample of the child when it dropped its privileges, and
/// the accounts of both.
record PhaseFigures(TrackedProcess monitor, Optional<TrackedProcess> preauth) {
  Timing startup() {
    var used = startupUsage();
    // A child that loads no program only copies pages of the monitor's by then. That is no sign of
    // the loader, and varies by 15 with the lateness of the sample.
    var faults =
        preauth.filter(child -> !child.executed).isPresent()
            ? preauth.flatMap(child -> child.parentUsage)
            : used;
    return preauth
        .flatMap(child -> child.demotion)
        .map(demotion -> timing(demotion.atNanos() - monitor.forkedAtNanos, used, faults))
        .orElse(Timing.UNKNOWN);
  }

  Timing authentication() {
    return preauth
        .filter(child -> child.status().isPresent())
        .flatMap(child -> child.demotion)
        .map(
            demotion ->
                timing(
                    preauth.orElseThrow().exitedAtNanos() - demotion.atNanos(),
                    childInPreauth().flatMap(own -> monitorInPreauth().map(own::plus)),
                    childInPreauth()))
        .orElse(Timing.UNKNOWN);
  }

  /// From the fork of the monitor to that of the preauth child.
  OptionalLong monitorNanos() {
    return preauth
        .map(child -> OptionalLong.of(child.forkedAtNanos - monitor.forkedAtNanos))
        .orElse(OptionalLong.empty());
  }

  /// How long the monitor slept before it forked the preauth child: neither on a CPU nor waiting
  /// for one.
  OptionalLong monitorSlept() {
    return preauth
        .flatMap(child -> child.parentUsage)
        .map(used -> monitorNanos().orElseThrow() - used.cpuNanos() - used.runQueueNanos())
        .map(nanos -> OptionalLong.of(Math.max(0, nanos)))
        .orElse(OptionalLong.empty());
  }

  private Optional<Usage> startupUsage() {
    return preauth
        .flatMap(child -> child.parentUsage)
        .flatMap(of -> childInStartup().map(of::plus));
  }

  private Optional<Usage> childInStartup() {
    return preauth.flatMap(child -> child.demotion).flatMap(TrackedProcess.Demotion::usage);
  }

  /// What the preauth child used from when it had dropped its privileges.
  Optional<Usage> childInPreauth() {
    return preauth
        .flatMap(child -> child.account)
        .flatMap(total -> childInStartup().map(total::since));
  }

  private static Timing timing(long wallNanos, Optional<Usage> time, Optional<Usage> faults) {
    return new Timing(
        OptionalLong.of(wallNanos),
        value(time, Usage::cpuNanos),
        value(time, Usage::runQueueNanos),
        value(faults, Usage::minorFaults));
  }

  private static OptionalLong value(Optional<Usage> usage, Function<Usage, Long> figure) {
    return usage.map(figure).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  /// @param accepted whether authentication succeeded; without a preauth child the monitor's
  ///   account then has the session in it and cannot be divided
  List<PhaseUsage> usage(boolean accepted) {
    var usage = new ArrayList<PhaseUsage>();
    if (preauth.isPresent()) {
      var child = preauth.get();
      child.parentUsage.ifPresent(
          used -> usage.add(new PhaseUsage(Role.MONITOR, Phase.STARTUP, used)));
      childInStartup()
          .ifPresent(used -> usage.add(new PhaseUsage(Role.PREAUTH, Phase.STARTUP, used)));
      monitorInPreauth()
          .ifPresent(used -> usage.add(new PhaseUsage(Role.MONITOR, Phase.PREAUTH, used)));
      sampleAtPreauthExit()
          .flatMap(before -> monitor.account.map(total -> total.since(before)))
          .ifPresent(used -> usage.add(new PhaseUsage(Role.MONITOR, Phase.SESSION, used)));
      childInPreauth()
          .ifPresent(used -> usage.add(new PhaseUsage(Role.PREAUTH, Phase.PREAUTH, used)));
    } else if (!accepted) {
      monitor.account.ifPresent(
          used -> usage.add(new PhaseUsage(Role.MONITOR, Phase.STARTUP, used)));
    }
    return usage;
  }

  /// The CPU time of both over their whole lives; empty if an account is missing.
  OptionalLong cpuNanos() {
    return value(
        preauth.isEmpty()
            ? monitor.account
            : monitor.account.flatMap(own -> preauth.get().account.map(own::plus)),
        Usage::cpuNanos);
  }

  /// What the monitor used between the fork and the exit of N.
  private Optional<Usage> monitorInPreauth() {
    return preauth
        .flatMap(child -> child.parentUsage)
        .flatMap(before -> monitorAtPreauthExit().map(after -> after.since(before)));
  }

  /// What the monitor had used when N exited. After a failure the monitor may be gone before /proc
  /// can be read. It uses next to nothing after N then, so its account serves.
  private Optional<Usage> monitorAtPreauthExit() {
    return sampleAtPreauthExit()
        .or(
            () ->
                preauth
                    .flatMap(TrackedProcess::status)
                    .filter(status -> !status.success())
                    .flatMap(_ -> monitor.account));
  }

  private Optional<Usage> sampleAtPreauthExit() {
    return preauth.flatMap(child -> child.exit).flatMap(TrackedProcess.Termination::parentUsage);
  }
}
