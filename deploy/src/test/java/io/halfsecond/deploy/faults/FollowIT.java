package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.alerts.AlertWriter;
import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `halfsecond alerts --follow --resume` as a process that is killed, against a broker that goes
/// and comes back.
class FollowIT {
  private static final Topics TOPICS = Topics.of("followed.", 2);
  private static final String GROUP = "halfsecond-alerts-it";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory = Path.of("");
  private final int port = Daemon.freePort();
  private EmbeddedBroker broker;
  private Program follower;
  private int written;

  @BeforeEach
  void start() {
    startBroker();
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    follower =
        Program.halfsecond(
            List.of(),
            directory.resolve("follower.log"),
            "none.invalid",
            List.of(
                "alerts",
                "--follow",
                "--resume=it",
                "--output=json",
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--set=topics.prefix=followed."));
  }

  private void startBroker() {
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);
  }

  @AfterEach
  void stop() {
    follower.close();
    broker.close();
  }

  @Test
  void should_print_each_step_once_although_it_is_killed_and_the_broker_restarts() {
    // A position of its own: what was there before is printed too.
    write(3);
    follower.start();
    awaitPrinted(3);
    assertThat(follower.said()).containsOnlyOnce("it has no position: beginning at ");
    awaitPosition();

    // Steps that come while nobody follows.
    follower.kill();
    write(4);
    follower.start();
    awaitPrinted(7);
    awaitPosition();

    // The broker restarts.
    broker.close();
    follower.await("it says so", () -> follower.said().contains("Kafka is out of reach"));
    startBroker();
    write(2);
    awaitPrinted(9);
    follower.await("it says so", () -> follower.said().contains("Kafka is back"));
    awaitPosition();

    // Nothing is new.
    follower.stop();
    follower.start();
    write(1);
    awaitPrinted(10);
    assertThat(printed()).doesNotHaveDuplicates().hasSize(written);
    assertThat(follower.said())
        .containsOnlyOnce("has no position")
        .containsOnlyOnce("Kafka is out of reach")
        .containsOnlyOnce("Kafka is back");
  }

  @Test
  void should_repeat_no_more_than_one_step_for_each_time_that_it_is_killed() {
    int kills = 4;
    for (int i = 0; i < kills; i++) {
      write(100);
      long known = i == 0 ? 0 : printed().stream().distinct().count();
      follower.start();
      follower.await("it prints", () -> printed().stream().distinct().count() > known);
      follower.kill();
    }
    write(1);

    follower.start();

    awaitPrinted(written);
    awaitPosition();
    assertThat(printed()).hasSizeBetween(written, written + kills);
  }

  private void write(int steps) {
    AlertWriter.write(
        broker.bootstrapServers(),
        TOPICS,
        IntStream.range(written, written + steps)
            .mapToObj(
                number -> Given.startup("%032x".formatted(number % 50)).setRevision(number / 50))
            .map(Alert.Builder::build)
            .toList());
    written += steps;
  }

  /// Waits until so many different steps were printed.
  private void awaitPrinted(int steps) {
    follower.await(steps + " steps", () -> printed().stream().distinct().count() == steps);
  }

  private void awaitPosition() {
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      Awaitility.await("the position is kept")
          .atMost(Duration.ofMinutes(1))
          .until(() -> ClusterTopics.behind(admin, GROUP, List.of(TOPICS.alerts().name())) == 0);
    }
  }

  /// Id and revision of each step that was printed.
  private List<String> printed() {
    return lines()
        .map(
            line -> {
              try {
                var step = JSON.readTree(line);
                return step.path("alertId").asText() + "-" + step.path("revision").asInt();
              } catch (JsonProcessingException e) {
                throw new IllegalStateException(line, e);
              }
            })
        .toList();
  }

  private Stream<String> lines() {
    return follower.said().lines().filter(line -> line.startsWith("{"));
  }
}
