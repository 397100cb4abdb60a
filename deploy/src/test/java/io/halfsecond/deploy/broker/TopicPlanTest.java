package io.halfsecond.deploy.broker;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.TopicPlan.Present;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopicPlanTest {
  private static final Topics WISHED = Topics.of("ssh.", 12);

  @Test
  void should_create_every_topic_when_the_cluster_is_empty() {
    var plan = TopicPlan.between(WISHED, 3, unused(Map.of()));

    assertThat(plan.steps())
        .hasSize(WISHED.all().size())
        .allMatch(TopicPlan.Create.class::isInstance);
    assertThat(plan.steps().getFirst().describe())
        .isEqualTo(
            "+ ssh.auth-timing: missing; create with 12 partitions, replication factor 3,"
                + " cleanup.policy=delete, retention.ms=604800000");
  }

  @Test
  void should_be_empty_when_all_is_as_wished() {
    var plan = TopicPlan.between(WISHED, 3, unused(asWished()));

    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void should_take_lists_in_any_order_as_equal() {
    var present = asWished();
    var name = WISHED.alerts().name();
    var configs = new HashMap<>(WISHED.alerts().configs());
    configs.put("cleanup.policy", "delete,compact");
    present.put(name, new Present(12, 3, configs));

    assertThat(TopicPlan.between(WISHED, 3, unused(present)).isEmpty()).isTrue();
  }

  @Test
  void should_raise_partitions_and_set_configs_when_they_fall_short() {
    var present = asWished();
    present.put(
        "ssh.dead-letters",
        new Present(6, 3, Map.of("cleanup.policy", "delete", "retention.ms", "1000")));

    var plan = TopicPlan.between(WISHED, 3, unused(present));

    assertThat(plan.steps())
        .map(TopicPlan.Step::describe)
        .containsExactly(
            "~ ssh.dead-letters: 6 partitions; raise to 12",
            "~ ssh.dead-letters: retention.ms is 1000; set to 2592000000");
  }

  @Test
  void should_leave_what_could_only_be_reduced() {
    var present = asWished();
    present.put("ssh.alerts", new Present(24, 2, WISHED.alerts().configs()));

    var plan = TopicPlan.between(WISHED, 3, unused(present));

    assertThat(plan.steps())
        .map(TopicPlan.Step::describe)
        .containsExactly(
            "! ssh.alerts: 24 partitions instead of 12; left unchanged",
            "! ssh.alerts: replication factor 2 instead of 3; left unchanged");
  }

  @Test
  void should_not_judge_the_replication_factor_when_it_is_the_brokers_default() {
    assertThat(TopicPlan.between(WISHED, -1, unused(asWished())).isEmpty()).isTrue();
  }

  @Test
  void should_leave_partitions_to_people_and_do_the_rest_when_the_topics_are_in_use() {
    var present = asWished();
    present.replaceAll((_, found) -> new Present(4, 3, found.configs()));
    present.remove("ssh.self-test");
    present.put(
        "ssh.control",
        new Present(4, 3, Map.of("cleanup.policy", "delete", "retention.ms", "1000")));
    present.put("ssh.schemas", new Present(1, 3, WISHED.schemas().configs()));

    var plan =
        TopicPlan.between(
            WISHED, 3, new TopicPlan.Cluster(present, Optional.of("there are records on ssh.x")));

    assertThat(plan.steps())
        .map(TopicPlan.Step::describe)
        .contains(
            "! ssh.auth-timing: 4 partitions instead of 12 (there are records on ssh.x; see \"More"
                + " partitions\" in docs/operate.md); left unchanged",
            "+ ssh.self-test: missing; create with 4 partitions, replication factor 3,"
                + " cleanup.policy=delete, retention.ms=604800000",
            "~ ssh.control: retention.ms is 1000; set to 7776000000")
        .hasSize(12);
    assertThat(plan.steps()).noneMatch(TopicPlan.AddPartitions.class::isInstance);
  }

  private static TopicPlan.Cluster unused(Map<String, Present> present) {
    return new TopicPlan.Cluster(present, Optional.empty());
  }

  private static Map<String, Present> asWished() {
    return new HashMap<>(
        WISHED.all().stream()
            .collect(toMap(Topic::name, t -> new Present(t.partitions(), 3, t.configs()))));
  }
}
