package io.halfsecond.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.InputTopic;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
  private static final Topics TOPICS = Topics.of("sim.", 4);
  private static final Instant BEGIN = Instant.parse("2026-03-02T08:00:00Z");
  private static final Fleet.Collectors COLLECTORS =
      new Fleet.Collectors(
          Optional.of(Duration.ofSeconds(10)), Optional.of(Duration.ofMinutes(1)), true);
  private static final List<Injection> ALL_KINDS =
      InjectionText.KINDS.stream().map(InjectionText::parse).toList();

  /// What was sent, and how it is encoded.
  private record Sent(
      String topic, String host, Instant at, SpecificRecordBase record, String bytes) {}

  private static Fleet fleet(int hosts, double perMinute, List<Regime> regimes, long seed) {
    return new Fleet(
        hosts, perMinute, Math.min(3, hosts), regimes, seed, BEGIN, COLLECTORS, "sim-");
  }

  private static List<Sent> run(Fleet fleet, List<Injection> injections, Duration length) {
    var sent = new ArrayList<Sent>();
    var output =
        new Simulation.Output() {
          @Override
          public <T extends SpecificRecordBase> void send(
              Topic<T> topic, String host, Instant at, T record) {
            var value = topic.valueSerde().serializer().serialize(topic.name(), record);
            // What is read back has the precision of the topic.
            var read = topic.valueSerde().deserializer().deserialize(topic.name(), value);
            sent.add(new Sent(topic.name(), host, at, read, HexFormat.of().formatHex(value)));
          }
        };
    var simulation = new Simulation(fleet, injections, TOPICS, output);
    simulation.stepUntil(BEGIN.plus(length));
    simulation.stop(BEGIN.plus(length));
    return sent;
  }

  private static <T> List<T> of(Class<T> type, List<Sent> sent) {
    return sent.stream().map(Sent::record).filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void should_give_the_same_records_byte_for_byte_when_the_seed_is_the_same() {
    var fleet = fleet(9, 2, List.of(Regime.values()), 7);

    var once = run(fleet, ALL_KINDS, Duration.ofHours(3));

    assertThat(run(fleet, ALL_KINDS, Duration.ofHours(3)))
        .isEqualTo(once)
        .hasSizeGreaterThan(9_000);
    var other = run(fleet(9, 2, List.of(Regime.values()), 8), ALL_KINDS, Duration.ofHours(3));
    assertThat(Collections.disjoint(bytes(other), bytes(once))).isTrue();
  }

  private static Set<String> bytes(List<Sent> sent) {
    return sent.stream().map(Sent::bytes).collect(Collectors.toSet());
  }

  /// Two runs of a fleet differ only where something was injected.
  @Test
  void should_leave_other_hosts_alone_when_something_is_injected() {
    var fleet = fleet(20, 1, List.of(Regime.QUIET), 1);
    var slow = InjectionText.parse("slow-library:hosts=5,at=+1h");

    var changed = run(fleet, List.of(slow), Duration.ofHours(2));

    var before = new HashSet<>(run(fleet, List.of(), Duration.ofHours(2)));
    var affected = new HashSet<String>();
    changed.stream()
        .filter(it -> !before.contains(it))
        .forEach(
            it -> {
              affected.add(it.host());
              assertThat(it.at()).isAfterOrEqualTo(BEGIN.plus(Duration.ofHours(1)));
            });
    assertThat(affected).hasSize(5);
  }

  /// Nothing of what a topology checks or counts is wrong with any record.
  @ParameterizedTest
  @EnumSource
  void should_pass_all_checks_without_a_loss(Regime regime) {
    var injections = ALL_KINDS.stream().filter(it -> !(it instanceof Injection.Gap)).toList();

    var sent = run(fleet(6, 3, List.of(regime), 3), injections, Duration.ofHours(4));

    var states = states(sent);
    assertThat(states).hasSize(6);
    assertThat(states.values())
        .allSatisfy(state -> assertThat(state.lossesSince(Instant.EPOCH)).isEmpty());
  }

  @Test
  void should_lose_records_without_a_word_of_it_when_a_gap_is_injected() {
    var gap = InjectionText.parse("gap:hosts=2,at=+30m,for=10m");

    var states =
        states(run(fleet(6, 3, List.of(Regime.QUIET), 3), List.of(gap), Duration.ofHours(1)));

    assertThat(states.values().stream().filter(it -> !it.lossesSince(Instant.EPOCH).isEmpty()))
        .hasSize(2)
        .allSatisfy(
            state ->
                assertThat(state.lossesSince(Instant.EPOCH))
                    .singleElement()
                    .satisfies(
                        loss -> {
                          assertThat(loss.getReason()).isEqualTo("missing");
                          // Ten minutes of two records for each of three logins, and eleven a
                          // round.
                          assertThat(loss.getCount()).isBetween(120L, 260L);
                        }));
  }

  private static Map<String, HostState> states(List<Sent> sent) {
    var inputs = new HashMap<String, InputTopic<?>>();
    InputTopic.all(TOPICS).forEach(input -> inputs.put(input.topic().name(), input));
    var states = new HashMap<String, HostState>();
    for (var each : sent) {
      var input = input(Objects.requireNonNull(inputs.get(each.topic())), each);
      Checks.check(
          each.host(),
          input,
          new TimeBounds(Duration.ofMinutes(5), Duration.ofMinutes(10)),
          each.at());
      var state = states.computeIfAbsent(each.host(), _ -> HostState.fresh());
      assertThat(state.accept((Telemetry) input)).isEqualTo(HostState.Arrival.NEW);
      assertThat(((Telemetry) input).id().isPresent() && state.hasSeen((Telemetry) input))
          .isFalse();
    }
    return states;
  }

  @SuppressWarnings("unchecked") // the topic is that of the record
  private static <V> Input input(InputTopic<V> topic, Sent sent) {
    return topic.asInput().apply((V) sent.record());
  }

  @ParameterizedTest
  @EnumSource
  void should_have_the_rate_on_average(Regime regime) {
    var fleet = new Fleet(50, 1, 0, List.of(regime), 5, BEGIN, Fleet.Collectors.NONE, "sim-");

    var sent = run(fleet, List.of(), Duration.ofDays(1));

    assertThat(of(AuthTiming.class, sent).size())
        .isCloseTo(50 * 24 * 60, Percentage.withPercentage(5));
    assertThat(sent).hasSizeBetween(2 * 50 * 24 * 57, 2 * 50 * 24 * 63);
  }

  @Test
  void should_send_what_a_collector_sends_by_default() {
    var sent = run(fleet(100, 1, List.of(Regime.QUIET), 5), List.of(), Duration.ofHours(1));

    var perMinute = new HashMap<String, Double>();
    sent.forEach(it -> perMinute.merge(it.topic(), 1 / 6_000.0, Double::sum));
    // A login, and five connections of each round of the probe, of which there are 1.1 a minute.
    assertThat(perMinute.get("sim.auth-timing")).isCloseTo(6.5, within(0.3));
    assertThat(perMinute.get("sim.session-cpu")).isCloseTo(6.5, within(0.3));
    assertThat(perMinute.get("sim.probe")).isCloseTo(1.1, within(0.05));
    assertThat(perMinute.get("sim.collector-status")).isCloseTo(6, within(0.1));
    assertThat(of(HostFingerprint.class, sent))
        .hasSize(100)
        .allSatisfy(it -> assertThat(it.getObjects()).hasSizeGreaterThan(20));
    assertThat(of(AuthTiming.class, sent).stream().filter(it -> it.getProbe().isPresent()).count())
        .isEqualTo(5L * sent.stream().filter(it -> it.topic().equals("sim.probe")).count());
  }

  @Test
  void should_roll_a_slow_library_out_in_stages() {
    var inspected = new Fleet.Collectors(Optional.empty(), Optional.empty(), true);
    var fleet = new Fleet(400, 0.2, 4, List.of(Regime.QUIET), 2, BEGIN, inspected, "sim-");
    var rollout =
        InjectionText.parse("slow-library:hosts=50%,at=+1h,delay=300ms,stages=1%/10m,10%/30m,100%");

    var sent = run(fleet, List.of(rollout), Duration.ofHours(2));

    // when the new content was found, and how long startup takes before and after
    var found = new HashMap<String, Instant>();
    of(HostFingerprint.class, sent).stream()
        .filter(it -> it.getPreviousInspectionAt().isPresent())
        .forEach(it -> found.put(it.getHost(), it.getListenerStartedAt().orElseThrow()));
    var start = BEGIN.plus(Duration.ofHours(1));
    assertThat(found).hasSize(200);
    assertThat(count(found, start, Duration.ofMinutes(10))).isEqualTo(2);
    assertThat(count(found, start.plus(Duration.ofMinutes(10)), Duration.ofMinutes(30)))
        .isEqualTo(18);
    assertThat(count(found, start.plus(Duration.ofMinutes(40)), Duration.ofMinutes(1)))
        .isEqualTo(180);
    assertThat(of(AuthTiming.class, sent))
        .allSatisfy(
            timing -> {
              boolean slow =
                  !timing
                      .getConnectedAt()
                      .isBefore(found.getOrDefault(timing.getHost(), Instant.MAX));
              assertThat(timing.getStartupCpuNanos().orElseThrow() > 300_000_000).isEqualTo(slow);
            });
  }

  private static long count(Map<String, Instant> found, Instant from, Duration length) {
    return found.values().stream()
        .filter(at -> !at.isBefore(from) && at.isBefore(from.plus(length)))
        .count();
  }

  @Test
  void should_let_scanners_connect_beside_the_usual_logins() {
    var scan = InjectionText.parse("scan:hosts=100%,at=+1h,for=1h,times=20");

    var timings =
        of(
            AuthTiming.class,
            run(
                new Fleet(20, 1, 0, List.of(Regime.QUIET), 5, BEGIN, Fleet.Collectors.NONE, "sim-"),
                List.of(scan),
                Duration.ofHours(3)));

    assertThat(accepted(timings, 0)).isCloseTo(accepted(timings, 1), Percentage.withPercentage(10));
    assertThat(Stream.of(0, 1, 2).map(hour -> connected(timings, hour).count()))
        .satisfiesExactly(
            before -> assertThat(before).isBetween(1_100L, 1_300L),
            during -> assertThat(during).isBetween(20_000L, 26_000L),
            // It ends on the last host a minute later.
            after -> assertThat(after).isBetween(1_100L, 1_600L));
  }

  private static long accepted(List<AuthTiming> timings, int hour) {
    return connected(timings, hour).filter(it -> it.getOutcome() == Outcome.ACCEPTED).count();
  }

  private static Stream<AuthTiming> connected(List<AuthTiming> timings, int hour) {
    return timings.stream()
        .filter(it -> Duration.between(BEGIN, it.getConnectedAt()).toHours() == hour);
  }

  @Test
  void should_account_for_all_records_before_a_heartbeat() {
    var sent = run(fleet(3, 5, List.of(Regime.BURSTS), 4), List.of(), Duration.ofMinutes(20));

    assertThat(of(CollectorStatus.class, sent))
        .allSatisfy(
            status ->
                assertThat(status.getRuns())
                    .singleElement()
                    .satisfies(
                        run -> {
                          assertThat(run.getSettled()).isEqualTo(status.getSequence());
                          assertThat(run.getAssigned()).isEqualTo(status.getSequence() + 1);
                        }));
  }

  @Test
  void should_end_with_a_goodbye_of_each_collector() {
    var sent = run(fleet(3, 5, List.of(Regime.QUIET), 4), List.of(), Duration.ofMinutes(20));

    assertThat(of(CollectorStatus.class, sent))
        .filteredOn(CollectorStatus::getGoodbye)
        .hasSize(3)
        .allSatisfy(
            status -> assertThat(status.getAt()).isEqualTo(BEGIN.plus(Duration.ofMinutes(20))));
  }

  @Test
  void should_refuse_a_fleet_that_cannot_be() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fleet(0, 1, List.of(Regime.QUIET), 1))
        .withMessage("hosts must be 1 to 8,388,608, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fleet(1, 61, List.of(Regime.QUIET), 1))
        .withMessage("connections a minute must be 0.001 to 60.0, not 61.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Regime.parse("quiet,loud"))
        .withMessageStartingWith("'loud' is not a regime; there are quiet, bursts,");
  }
}
