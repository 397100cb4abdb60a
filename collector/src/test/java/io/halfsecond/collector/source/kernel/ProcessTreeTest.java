package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.KernelEvent.FoundProcess;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.source.kernel.TaskstatsMessage.Ending;
import io.halfsecond.collector.source.kernel.TaskstatsMessage.TaskExit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Against a /proc made of plain files.
@EnabledOnOs(OS.LINUX)
class ProcessTreeTest {
  private static final int LISTENER = 100;
  private static final int MONITOR = 200;
  private static final int PREAUTH = 201;
  private static final int USER = 203;
  private static final int SHELL = 204;
  private static final long SECOND = 1_000_000_000L;
  private static final int PROGRAMS = 2;

  @TempDir Path root;
  private ProcFs proc;
  private ProcessTree tree;
  private final List<KernelEvent> events = new ArrayList<>();

  /// How long after its time a message is looked at.
  private long lateNanos;

  private long now;

  @BeforeEach
  void openProc() {
    proc = new ProcFs(root, Set.of("sshd"));
    tree = new ProcessTree(proc, Set.of("sshd"), "", PROGRAMS, () -> now);
  }

  @AfterEach
  void closeProc() {
    proc.close();
  }

  @Test
  void should_have_every_process_watched_unless_a_super_server_starts_sshd() throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    reconcile(20 * SECOND);
    apply(new ProcMessage.Fork(20 * SECOND, LISTENER, MONITOR, MONITOR));
    assertThat(tree.watchable().orElseThrow()).containsExactlyInAnyOrder(LISTENER, MONITOR);

    process(300, 1, "sshd", 0, 2000, "/usr/sbin/sshd\0-i");
    apply(new ProcMessage.Exec(20 * SECOND + 1, 300, 300));

    assertThat(tree.watchable()).isEmpty();
  }

  @Test
  void should_have_nobody_watched_when_there_are_too_many_for_a_filter() throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    reconcile(20 * SECOND);

    for (int pid = 1_000; pid < 1_000 + ProcessTree.MOST_WATCHABLE; pid++) {
      apply(new ProcMessage.Fork(20 * SECOND, LISTENER, pid, pid));
    }

    assertThat(tree.watchable()).isEmpty();
  }

  @Test
  void should_tell_a_connection_s_life_when_a_listener_is_known() throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    reconcile(20 * SECOND);
    process(MONITOR, LISTENER, "sshd", 0, 2000, "sshd: [accepted]");
    process(PREAUTH, MONITOR, "sshd", 0, 2000, "sshd: [net]");

    apply(new ProcMessage.Fork(20 * SECOND, LISTENER, MONITOR, MONITOR));
    apply(new ProcMessage.Exec(20 * SECOND + 1, MONITOR, MONITOR));
    apply(new ProcMessage.Fork(20 * SECOND + 2, MONITOR, PREAUTH, PREAUTH));
    apply(new ProcMessage.Uid(20 * SECOND + 3, PREAUTH, PREAUTH, 105, 105));
    apply(new ProcMessage.Exit(20 * SECOND + 4, PREAUTH, PREAUTH, 255 << 8, MONITOR));
    apply(new ProcMessage.Exit(20 * SECOND + 5, MONITOR, MONITOR, 15, LISTENER));
    tree.account(
        ended(MONITOR, MONITOR, Ending.PROCESS, 7, 50, Optional.empty()),
        20 * SECOND + 6,
        events::add);

    var usage = new Usage(MONITOR * 1000L, MONITOR * 10L, MONITOR);
    var own = new Usage(PREAUTH * 1000L, PREAUTH * 10L, PREAUTH);
    assertThat(events)
        .containsExactly(
            new KernelEvent.ListenerFound(20 * SECOND, LISTENER, "sshd"),
            new KernelEvent.Forked(20 * SECOND, LISTENER, MONITOR, Optional.empty()),
            new KernelEvent.Executed(20 * SECOND + 1, MONITOR, "sshd"),
            new KernelEvent.Forked(20 * SECOND + 2, MONITOR, PREAUTH, Optional.of(usage)),
            new KernelEvent.UserChanged(20 * SECOND + 3, PREAUTH, 105, 105, Optional.of(own)),
            new KernelEvent.Exited(
                20 * SECOND + 4, PREAUTH, MONITOR, new ExitStatus.Code(255), Optional.of(usage)),
            new KernelEvent.Exited(
                20 * SECOND + 5, MONITOR, LISTENER, new ExitStatus.Signal(15), Optional.empty()),
            new KernelEvent.Accounted(20 * SECOND + 6, MONITOR, new Usage(7, 1, 50)));
  }

  @Test
  void should_tell_what_the_environment_of_a_listener_tells_the_loader_when_it_changes()
      throws IOException {
    // given: a listener that is older than the collector
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    reconcile(20 * SECOND);

    // when: its connections have its environment
    connect("LANG=C\0LD_PRELOAD=/tmp/x.so\0PATH_LD_X=1\0GLIBC_TUNABLES=a=b\0");
    connect("LANG=C\0LD_PRELOAD=/tmp/x.so\0GLIBC_TUNABLES=a=b\0");
    // one that was looked at too late
    connect("sshd: [accepted]\0\0\0\0");
    connect("LANG=C\0");
    connect("");
    // and another one starts
    process(300, 1, "sshd", 0, 11, "/usr/sbin/sshd\0-D");
    Files.writeString(root.resolve("300/environ"), "LD_AUDIT=" + "x".repeat(5_000) + "\0");
    apply(new ProcMessage.Exec(30 * SECOND, 300, 300));

    // then
    assertThat(events)
        .filteredOn(KernelEvent.EnvironmentSeen.class::isInstance)
        .containsExactly(
            new KernelEvent.EnvironmentSeen(
                21 * SECOND, LISTENER, List.of("LD_PRELOAD=/tmp/x.so", "GLIBC_TUNABLES=a=b")),
            new KernelEvent.EnvironmentSeen(21 * SECOND, LISTENER, List.of()),
            new KernelEvent.EnvironmentSeen(
                30 * SECOND, 300, List.of(("LD_AUDIT=" + "x".repeat(5_000)).substring(0, 1_024))));
  }

  private void connect(String environment) throws IOException {
    process(MONITOR, LISTENER, "sshd", 0, 2000, "sshd: [accepted]");
    Files.writeString(root.resolve(MONITOR + "/environ"), environment);
    apply(new ProcMessage.Fork(21 * SECOND, LISTENER, MONITOR, MONITOR));
    apply(new ProcMessage.Exec(21 * SECOND, MONITOR, MONITOR));
  }

  /// As a PAM module may, which double forks below the process that asks for a password.
  @Test
  void should_tell_of_every_process_below_a_connection_without_a_session() throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    reconcile(20 * SECOND);
    connect("LANG=C\0");
    int parent = MONITOR;
    for (int pid = 400; pid < 406; pid++) {
      apply(new ProcMessage.Fork(22 * SECOND, parent, pid, pid));
      parent = pid;
    }
    process(405, 404, "sh", 0, 2100, "sh");
    apply(new ProcMessage.Exec(23 * SECOND, 405, 405));

    assertThat(events)
        .filteredOn(KernelEvent.Forked.class::isInstance)
        .extracting(event -> ((KernelEvent.Forked) event).pid())
        .containsExactly(MONITOR, 400, 401, 402, 403, 404, 405);
    assertThat(events).contains(new KernelEvent.Executed(23 * SECOND, 405, "sh"));
  }

  @Test
  void should_leave_other_listeners_alone_when_one_command_line_is_asked_for() throws IOException {
    tree = new ProcessTree(proc, Set.of("sshd"), "-f /etc/ssh/bastion", PROGRAMS, () -> now);
    process(
        LISTENER,
        1,
        "sshd",
        0,
        10,
        "sshd: /usr/sbin/sshd -D -f /etc/ssh/bastion [listener] 0 of 10-100 startups");
    process(300, 1, "sshd", 0, 11, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    reconcile(20 * SECOND);
    process(301, 1, "sshd", 0, 12, "/usr/sbin/sshd\0-D");
    apply(new ProcMessage.Exec(21 * SECOND, 301, 301));
    process(302, 1, "sshd", 0, 13, "/usr/sbin/sshd\0-D\0-f\0/etc/ssh/bastion");
    apply(new ProcMessage.Exec(22 * SECOND, 302, 302));

    assertThat(events)
        .containsExactly(
            new KernelEvent.ListenerFound(20 * SECOND, LISTENER, "sshd"),
            new KernelEvent.ListenerFound(22 * SECOND, 302, "sshd"));
  }

  @Test
  void should_stay_silent_when_processes_are_deeper_than_a_session_or_of_others()
      throws IOException {
    connection();
    apply(new ProcMessage.Fork(21 * SECOND, MONITOR, 202, 202));
    apply(new ProcMessage.Fork(21 * SECOND, 202, 203, 203));
    apply(new ProcMessage.Sid(21 * SECOND, 203, 203));
    events.clear();

    assertThat(tree.concerns(ProcConnectorDecoder.WHAT_FORK, 5000, 5001)).isFalse();
    apply(new ProcMessage.Fork(22 * SECOND, 203, 204, 204));

    assertThat(events).isEmpty();
    assertThat(tree.tracks(204)).isFalse();
  }

  @Test
  void should_tell_a_helper_s_descendants_but_not_a_session_s() throws IOException {
    connection();
    // A helper runs a program; a session does so too, as a session leader.
    apply(new ProcMessage.Fork(21 * SECOND, MONITOR, 202, 202));
    apply(new ProcMessage.Fork(21 * SECOND, MONITOR, 302, 302));
    apply(new ProcMessage.Sid(21 * SECOND, 302, 302));
    process(202, MONITOR, "sh", 0, 2100, "sh");
    process(302, MONITOR, "bash", 0, 2100, "-bash");
    apply(new ProcMessage.Exec(21 * SECOND, 202, 202));
    apply(new ProcMessage.Exec(21 * SECOND, 302, 302));
    for (int pid = 202; pid < 206; pid++) {
      apply(new ProcMessage.Fork(22 * SECOND, pid, pid + 1, pid + 1));
      apply(new ProcMessage.Fork(22 * SECOND, pid + 100, pid + 101, pid + 101));
    }
    // A service that a helper starts leads a session of its own.
    apply(new ProcMessage.Sid(22 * SECOND, 206, 206));

    events.clear();
    apply(new ProcMessage.Fork(23 * SECOND, 205, 400, 400));
    apply(new ProcMessage.Fork(23 * SECOND, 206, 401, 401));
    apply(new ProcMessage.Fork(23 * SECOND, 303, 402, 402));

    assertThat(events)
        .containsExactly(new KernelEvent.Forked(23 * SECOND, 205, 400, Optional.empty()));
  }

  @Test
  void should_ignore_threads_when_a_process_of_the_tree_has_some() throws IOException {
    connection();
    events.clear();

    apply(new ProcMessage.Fork(21 * SECOND, LISTENER, 900, MONITOR));
    apply(new ProcMessage.Exit(22 * SECOND, 900, MONITOR, 0, 0));
    tree.account(ended(900, MONITOR, Ending.THREAD, 5, 30, Optional.empty()), 1, events::add);
    tree.account(ended(MONITOR, 0, Ending.UNKNOWN, 6, 1, Optional.empty()), 2, events::add);
    assertThat(events).isEmpty();

    tree.account(
        ended(901, MONITOR, Ending.PROCESS, 8, 4, Optional.of(new Usage(99, 9, 0))),
        3,
        events::add);

    assertThat(events)
        .containsExactly(new KernelEvent.Accounted(3, MONITOR, new Usage(99, 9, 30 + 1 + 4)));
  }

  @Test
  void should_forget_a_pid_when_another_process_gets_it_anew() throws IOException {
    connection();
    apply(new ProcMessage.Exit(21 * SECOND, MONITOR, MONITOR, 0, LISTENER));
    assertThat(tree.tracks(MONITOR)).as("its account may still come").isTrue();

    apply(new ProcMessage.Fork(22 * SECOND, 7, MONITOR, MONITOR));

    assertThat(tree.tracks(MONITOR)).isFalse();
  }

  @Test
  void should_forget_an_ended_process_when_its_account_is_long_due() throws IOException {
    connection();
    apply(new ProcMessage.Fork(20 * SECOND, MONITOR, PREAUTH, PREAUTH));
    apply(new ProcMessage.Exit(21 * SECOND, PREAUTH, PREAUTH, 0, MONITOR));

    apply(
        new ProcMessage.Exit(
            21 * SECOND + ProcessTree.REMEMBERED_NANOS, MONITOR, MONITOR, 0, LISTENER));

    assertThat(tree.tracks(PREAUTH)).isFalse();
    assertThat(tree.tracks(MONITOR)).isTrue();
  }

  @Test
  void should_find_a_listener_when_it_begins_in_the_foreground() throws IOException {
    process(300, 50, "sshd", 0, 2000, "/usr/sbin/sshd\0-D\0-e");

    assertThat(tree.concerns(ProcConnectorDecoder.WHAT_EXEC, 300, 0)).isTrue();
    apply(new ProcMessage.Exec(20 * SECOND, 300, 300));

    assertThat(events).containsExactly(new KernelEvent.ListenerFound(20 * SECOND, 300, "sshd"));
  }

  @Test
  void should_find_the_child_when_a_listener_goes_into_the_background() throws IOException {
    process(300, 50, "sshd", 0, 2000, "/usr/sbin/sshd\0-f\0conf");
    process(301, 300, "sshd", 0, 2000, "/usr/sbin/sshd\0-f\0conf");

    apply(new ProcMessage.Exec(20 * SECOND, 300, 300));
    apply(new ProcMessage.Fork(20 * SECOND + 1, 300, 301, 301));
    apply(new ProcMessage.Exit(20 * SECOND + 2, 300, 300, 0, 50));

    assertThat(events).containsExactly(new KernelEvent.ListenerFound(20 * SECOND + 1, 301, "sshd"));
  }

  @Test
  void should_tell_of_a_monitor_without_a_listener_when_a_super_server_starts_sshd()
      throws IOException {
    process(1, 0, "systemd", 0, 1, "/sbin/init");
    process(300, 1, "sshd", 0, 2000, "sshd\0-i");

    apply(new ProcMessage.Exec(20 * SECOND, 300, 300));
    apply(new ProcMessage.Fork(20 * SECOND + 5, 300, 301, 301));
    apply(new ProcMessage.Fork(20 * SECOND + 6, 1, 400, 400));

    assertThat(events)
        .containsExactly(
            new KernelEvent.ListenerFound(20 * SECOND, 1, "systemd"),
            new KernelEvent.Forked(20 * SECOND, 1, 300, Optional.empty()),
            new KernelEvent.Executed(20 * SECOND, 300, "sshd"),
            new KernelEvent.Forked(
                20 * SECOND + 5, 300, 301, Optional.of(new Usage(300_000, 3000, 300))));
  }

  @Test
  void should_not_believe_a_program_named_sshd_when_it_is_not_root_s_or_serves_nobody()
      throws IOException {
    process(300, 50, "sshd", 1000, 2000, "/home/x/sshd\0-D");
    process(301, 1, "sshd", 0, 2000, "/usr/sbin/sshd\0-t");

    apply(new ProcMessage.Exec(20 * SECOND, 300, 300));
    apply(new ProcMessage.Exec(20 * SECOND, 301, 301));

    assertThat(events).isEmpty();
  }

  @Test
  void should_not_take_a_monitor_for_a_listener_when_its_own_was_restarted() throws IOException {
    process(MONITOR, 1, "sshd", 0, 1000, "sshd: alice [priv]");
    process(
        LISTENER, 1, "sshd", 0, 1500, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");

    reconcile(20 * SECOND);

    assertThat(events)
        .containsExactly(
            new KernelEvent.ListenerFound(20 * SECOND, LISTENER, "sshd"),
            new KernelEvent.ConnectionFound(
                20 * SECOND,
                new FoundProcess(1, MONITOR, 10 * SECOND, "sshd", 0, false, false),
                List.of()));
    assertThat(tree.listeners()).isEqualTo(1);
  }

  @Test
  void should_tell_the_processes_of_each_connection_when_it_is_older_than_the_source()
      throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    process(MONITOR, LISTENER, "sshd-session", 0, 1000, "sshd-session: alice [priv]");
    process(203, MONITOR, "sshd-session", 1001, 1010, "sshd-session: alice@pts/0");
    process(204, 203, "bash", 1001, 1020, "-bash");
    process(205, 204, "vim", 1001, 1030, "vim");
    process(300, LISTENER, "sshd-session", 0, 1500, "sshd-session: [accepted]");

    reconcile(20 * SECOND);

    assertThat(events)
        .containsExactlyInAnyOrder(
            new KernelEvent.ListenerFound(20 * SECOND, LISTENER, "sshd"),
            new KernelEvent.ConnectionFound(
                20 * SECOND,
                new FoundProcess(LISTENER, MONITOR, 10 * SECOND, "sshd-session", 0, false, false),
                List.of(
                    new FoundProcess(
                        MONITOR, 203, 10_100_000_000L, "sshd-session", 1001, false, true),
                    new FoundProcess(203, 204, 10_200_000_000L, "bash", 1001, false, false))),
            new KernelEvent.ConnectionFound(
                20 * SECOND,
                new FoundProcess(LISTENER, 300, 15 * SECOND, "sshd-session", 0, false, false),
                List.of()));
  }

  @Test
  void should_tell_the_processes_of_each_connection_when_sshd_is_one_program() throws IOException {
    // Up to OpenSSH 9.7: a user's session, root's, and a client that authenticates.
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 1 of 10-100 startups");
    process(MONITOR, LISTENER, "sshd", 0, 1000, "sshd: alice [priv]");
    process(203, MONITOR, "sshd", 1001, 1010, "sshd: alice@pts/0");
    process(204, 203, "bash", 1001, 1020, "-bash");
    process(300, LISTENER, "sshd", 0, 1500, "sshd: root@pts/1");
    process(301, 300, "bash", 0, 1510, "-bash");
    process(400, LISTENER, "sshd", 0, 1800, "sshd: [accepted]");
    process(401, 400, "sshd", 100, 1801, "sshd: [net]");

    reconcile(20 * SECOND);

    assertThat(events)
        .containsExactlyInAnyOrder(
            new KernelEvent.ListenerFound(20 * SECOND, LISTENER, "sshd"),
            new KernelEvent.ConnectionFound(
                20 * SECOND,
                new FoundProcess(LISTENER, MONITOR, 10 * SECOND, "sshd", 0, false, false),
                List.of(
                    new FoundProcess(MONITOR, 203, 10_100_000_000L, "sshd", 1001, false, true),
                    new FoundProcess(203, 204, 10_200_000_000L, "bash", 1001, false, false))),
            new KernelEvent.ConnectionFound(
                20 * SECOND,
                new FoundProcess(LISTENER, 300, 15 * SECOND, "sshd", 0, false, true),
                List.of(new FoundProcess(300, 301, 15_100_000_000L, "bash", 0, false, false))),
            new KernelEvent.ConnectionFound(
                20 * SECOND,
                new FoundProcess(LISTENER, 400, 18 * SECOND, "sshd", 0, false, false),
                List.of(new FoundProcess(400, 401, 18_010_000_000L, "sshd", 100, false, false))));
  }

  @Test
  void should_not_tell_of_a_process_when_it_ended_after_it_was_listed() throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    var listed =
        List.of(
            proc.process(LISTENER).orElseThrow(),
            new ProcFs.Running(MONITOR, LISTENER, MONITOR, "sshd", 1000));

    tree.reconcile(listed, 20 * SECOND, 0, events::add);

    assertThat(events)
        .containsExactly(new KernelEvent.ListenerFound(20 * SECOND, LISTENER, "sshd"));
    assertThat(tree.tracks(MONITOR)).isFalse();
  }

  @Test
  void should_drop_the_dead_and_keep_the_living_when_it_is_reconciled_after_a_loss()
      throws IOException {
    connection();
    apply(new ProcMessage.Fork(20 * SECOND, MONITOR, PREAUTH, PREAUTH));
    apply(new ProcMessage.Fork(20 * SECOND, LISTENER, 210, 210));
    // 210 has ended unseen, and its pid now is a younger process's of someone else.
    process(210, 7, "sleep", 0, 9000, "sleep");
    process(PREAUTH, MONITOR, "sshd", 0, 2000, "sshd: unknown [net]");
    process(211, LISTENER, "sshd", 0, 3000, "sshd: bob [priv]");
    events.clear();

    reconcile(100 * SECOND);

    assertThat(events)
        .containsExactly(
            new KernelEvent.ConnectionFound(
                100 * SECOND,
                new FoundProcess(LISTENER, 211, 30 * SECOND, "sshd", 0, false, false),
                List.of()));
    assertThat(tree.tracks(210)).isFalse();
    assertThat(tree.tracks(PREAUTH)).isTrue();
    assertThat(tree.tracks(211)).as("forked unseen").isTrue();
  }

  @Test
  void should_go_on_when_a_child_outlived_its_monitor() throws IOException {
    connection();
    apply(new ProcMessage.Fork(20 * SECOND, MONITOR, PREAUTH, PREAUTH));
    apply(new ProcMessage.Exit(21 * SECOND, MONITOR, MONITOR, 9, LISTENER));
    apply(new ProcMessage.Fork(40 * SECOND, LISTENER, 210, 210));
    apply(new ProcMessage.Exit(41 * SECOND, 210, 210, 0, LISTENER));
    assertThat(tree.tracks(MONITOR)).as("forgotten").isFalse();
    Files.move(root.resolve(Integer.toString(MONITOR)), root.resolve("ended"));
    process(PREAUTH, 1, "sshd", 1001, 2000, "sshd: alice@pts/0");
    process(220, PREAUTH, "bash", 1001, 5000, "-bash");
    events.clear();

    reconcile(100 * SECOND);

    assertThat(events).isEmpty();
    assertThat(tree.tracks(220)).isTrue();
  }

  @Test
  void should_sample_no_usage_when_the_message_is_looked_at_too_late() throws IOException {
    connection();
    events.clear();

    lateNanos = ProcessTree.SAMPLE_LATE_NANOS;
    apply(new ProcMessage.Fork(21 * SECOND, MONITOR, PREAUTH, PREAUTH));
    lateNanos = ProcessTree.SAMPLE_LATE_NANOS + 1;
    apply(new ProcMessage.Fork(22 * SECOND, MONITOR, 202, 202));
    apply(new ProcMessage.Exit(23 * SECOND, PREAUTH, PREAUTH, 0, MONITOR));

    assertThat(events)
        .containsExactly(
            new KernelEvent.Forked(
                21 * SECOND,
                MONITOR,
                PREAUTH,
                Optional.of(new Usage(MONITOR * 1000L, MONITOR * 10L, MONITOR))),
            new KernelEvent.Forked(22 * SECOND, MONITOR, 202, Optional.empty()),
            new KernelEvent.Exited(
                23 * SECOND, PREAUTH, MONITOR, new ExitStatus.Code(0), Optional.empty()));
  }

  /// A session of a user child: its leader runs a shell.
  private void session() throws IOException {
    connection();
    apply(new ProcMessage.Fork(21 * SECOND, MONITOR, USER, USER));
    apply(new ProcMessage.Fork(21 * SECOND, USER, SHELL, SHELL));
    apply(new ProcMessage.Sid(21 * SECOND, SHELL, SHELL));
    process(SHELL, USER, "bash", 1001, 2100, "-bash");
    apply(new ProcMessage.Exec(21 * SECOND, SHELL, SHELL));
  }

  /// A process of the session executes a program.
  private void starts(int parent, int pid, String path) throws IOException {
    apply(new ProcMessage.Fork(22 * SECOND, parent, pid, pid));
    process(pid, parent, "name", 1001, 2200, path);
    Files.createSymbolicLink(root.resolve(pid + "/exe"), Path.of(path));
    apply(new ProcMessage.Exec(22 * SECOND, pid, pid));
  }

  private static KernelEvent started(long at, String name, boolean counted) {
    return new KernelEvent.ProgramStarted(at, MONITOR, SHELL, name, counted);
  }

  private void exits(int pid, int parent) {
    apply(new ProcMessage.Exit(23 * SECOND, pid, pid, 0, parent));
  }

  @Test
  void should_name_what_the_processes_of_a_session_execute_however_deep() throws IOException {
    session();
    assertThat(events).endsWith(started(21 * SECOND, "bash", false));
    events.clear();

    starts(SHELL, 400, "/usr/bin/make");
    starts(400, 401, "/usr/bin/cc");
    starts(401, 402, "/usr/libexec/cc1");
    apply(new ProcMessage.Uid(22 * SECOND, 402, 402, 0, 0));
    apply(new ProcMessage.Sid(22 * SECOND, 402, 402));
    exits(402, 401);

    assertThat(events)
        .as("nothing else of them is told")
        .containsExactly(
            started(22 * SECOND, "/usr/bin/make", false),
            started(22 * SECOND, "/usr/bin/cc", false),
            started(22 * SECOND, "/usr/libexec/cc1", false));
    assertThat(tree.concerns(ProcConnectorDecoder.WHAT_EXEC, 401, 0)).isTrue();
    assertThat(tree.accounts(401)).isFalse();
    assertThat(tree.follows(402)).isFalse();
  }

  @Test
  void should_count_what_is_executed_once_a_session_has_used_its_looks() throws IOException {
    session();
    int left = PROGRAMS * FollowedSession.LOOKS_PER_PROGRAM - 1;
    for (int i = 0; i < left; i++) {
      starts(SHELL, 400 + i, "/usr/bin/make");
    }
    events.clear();
    assertThat(tree.hurries(SHELL)).as("its next program is only counted").isFalse();

    starts(SHELL, 500, "/usr/bin/nc");
    starts(500, 501, "/usr/bin/nc");
    exits(USER, MONITOR);

    assertThat(events)
        .startsWith(new KernelEvent.ProgramsCounted(23 * SECOND, MONITOR, SHELL, 2, true));
    assertThat(tree.follows(500)).as("the session is over").isFalse();
    apply(new ProcMessage.Exec(24 * SECOND, SHELL, SHELL));
    assertThat(events).noneMatch(event -> event.atNanos() == 24 * SECOND && isProgram(event));
  }

  private static boolean isProgram(KernelEvent event) {
    return event instanceof KernelEvent.ProgramStarted
        || event instanceof KernelEvent.ProgramsCounted;
  }

  @Test
  void should_tell_what_was_counted_when_nothing_of_a_session_is_left() throws IOException {
    session();
    events.clear();
    starts(SHELL, 400, "/usr/bin/sleep");

    exits(SHELL, USER);
    assertThat(events).as("one sleeps in the background").noneMatch(this::isCount);
    exits(400, 1);

    assertThat(events)
        .last()
        .isEqualTo(new KernelEvent.ProgramsCounted(23 * SECOND, MONITOR, SHELL, 0, true));
    exits(USER, MONITOR);
    assertThat(events.stream().filter(this::isCount)).as("once").hasSize(1);
  }

  private boolean isCount(KernelEvent event) {
    return event instanceof KernelEvent.ProgramsCounted;
  }

  @Test
  void should_name_a_program_by_its_account_when_it_was_gone_too_early() throws IOException {
    session();
    events.clear();

    apply(new ProcMessage.Fork(22 * SECOND, SHELL, 400, 400));
    apply(new ProcMessage.Exec(22 * SECOND, 400, 400));
    exits(400, SHELL);
    assertThat(events).isEmpty();
    assertThat(tree.accounts(400)).isTrue();
    var ran = Optional.of(new KernelEvent.RanProgram("program", 1, 2, 1001));
    tree.account(
        ended(400, 400, Ending.PROCESS, 7, 50, Optional.empty(), ran), 24 * SECOND, events::add);
    exits(SHELL, USER);

    assertThat(events)
        .contains(
            started(24 * SECOND, "program", true),
            new KernelEvent.ProgramsCounted(23 * SECOND, MONITOR, SHELL, 1, true))
        .noneMatch(KernelEvent.Accounted.class::isInstance);
    assertThat(tree.accounts(400)).isFalse();
  }

  @Test
  void should_say_so_when_a_connection_has_more_processes_than_are_followed() throws IOException {
    session();
    events.clear();

    for (int pid = 1_000; pid <= 1_000 + FollowedSession.Connection.MOST_PROCESSES; pid++) {
      apply(new ProcMessage.Fork(22 * SECOND, SHELL, pid, pid));
    }
    assertThat(tree.follows(1_000 + FollowedSession.Connection.MOST_PROCESSES)).isFalse();
    exits(1_000, SHELL);
    apply(new ProcMessage.Fork(22 * SECOND, SHELL, 5_000, 5_000));
    assertThat(tree.follows(5_000)).as("there is room again").isTrue();
    exits(USER, MONITOR);

    assertThat(events)
        .contains(new KernelEvent.ProgramsCounted(23 * SECOND, MONITOR, SHELL, 0, false));
  }

  @Test
  void should_have_sessions_watched_only_while_their_programs_are_looked_at() throws IOException {
    session();
    for (int pid = 1_000; pid < 1_000 + ProcessTree.MOST_WATCHABLE; pid++) {
      apply(new ProcMessage.Fork(22 * SECOND, SHELL, pid, pid));
    }
    assertThat(tree.watchable().orElseThrow())
        .hasSize(ProcessTree.MOST_WATCHABLE)
        .startsWith(LISTENER, MONITOR, USER, SHELL);

    for (int i = 0; i < PROGRAMS * FollowedSession.LOOKS_PER_PROGRAM; i++) {
      starts(SHELL, 5_000 + i, "/usr/bin/cc");
    }

    assertThat(tree.watchable().orElseThrow()).containsExactly(LISTENER, MONITOR, USER);
  }

  @Test
  void should_not_take_a_process_for_a_session_s_when_it_has_the_pid_of_one() throws IOException {
    session();
    starts(SHELL, 400, "/usr/bin/make");
    events.clear();

    // Its exit was lost.
    apply(new ProcMessage.Fork(23 * SECOND, 7, 400, 400));
    apply(new ProcMessage.Exec(23 * SECOND, 400, 400));
    exits(SHELL, USER);

    assertThat(events)
        .contains(new KernelEvent.ProgramsCounted(23 * SECOND, MONITOR, SHELL, 0, false))
        .noneMatch(KernelEvent.ProgramStarted.class::isInstance);
  }

  @Test
  void should_follow_the_processes_of_a_session_that_were_forked_unseen() throws IOException {
    session();
    starts(SHELL, 400, "/usr/bin/make");
    process(USER, MONITOR, "sshd", 1001, 2100, "sshd: alice@pts/0");
    process(401, 400, "sh", 1001, 2300, "sh");
    process(402, 401, "cc", 1001, 2400, "cc");
    events.clear();

    reconcile(100 * SECOND);
    apply(new ProcMessage.Exec(101 * SECOND, 402, 402));

    assertThat(events).containsExactly(started(101 * SECOND, "cc", false));
  }

  @Test
  void should_look_at_nothing_when_no_program_is_to_be_named() throws IOException {
    tree = new ProcessTree(proc, Set.of("sshd"), "", 0, () -> now);
    session();
    starts(SHELL, 400, "/usr/bin/make");
    assertThat(tree.watchable().orElseThrow()).containsExactly(LISTENER, MONITOR, USER);

    exits(400, SHELL);
    exits(SHELL, USER);

    assertThat(events.stream().filter(ProcessTreeTest::isProgram))
        .containsExactly(new KernelEvent.ProgramsCounted(23 * SECOND, MONITOR, SHELL, 2, true));
  }

  @Test
  void should_take_a_name_that_a_process_chose_for_no_path() throws IOException {
    session();
    process(SHELL, USER, "/usr/bin/su", 1001, 2100, "-bash");

    apply(new ProcMessage.Exec(22 * SECOND, SHELL, SHELL));

    assertThat(events).endsWith(started(22 * SECOND, "_usr_bin_su", false));
  }

  private void connection() throws IOException {
    process(LISTENER, 1, "sshd", 0, 10, "/usr/sbin/sshd\0-D");
    reconcile(20 * SECOND);
    process(MONITOR, LISTENER, "sshd", 0, 2000, "sshd: [accepted]");
    apply(new ProcMessage.Fork(20 * SECOND, LISTENER, MONITOR, MONITOR));
  }

  private void apply(ProcMessage message) {
    now =
        switch (message) {
          case ProcMessage.Fork fork -> fork.atNanos() + lateNanos;
          case ProcMessage.Exit exit -> exit.atNanos() + lateNanos;
          case ProcMessage.Ack _,
              ProcMessage.Exec _,
              ProcMessage.Uid _,
              ProcMessage.Sid _,
              ProcMessage.Other _,
              ProcMessage.Malformed _ ->
              now;
        };
    tree.apply(message, events::add);
  }

  private void reconcile(long now) {
    try {
      tree.reconcile(proc.processes(), now, 0, events::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TaskExit ended(
      int pid, int tgid, Ending ending, long cpu, long faults, Optional<Usage> group) {
    return ended(pid, tgid, ending, cpu, faults, group, Optional.empty());
  }

  private static TaskExit ended(
      int pid,
      int tgid,
      Ending ending,
      long cpu,
      long faults,
      Optional<Usage> group,
      Optional<KernelEvent.RanProgram> ran) {
    return new TaskExit(16, pid, tgid, ending, new Usage(cpu, 1, faults), group, ran);
  }

  /// A process that has used 1000 ns of CPU, 10 ns of run queue and one fault per unit of its pid.
  private void process(
      int pid, int parent, String comm, int uid, int startedTicks, String commandLine)
      throws IOException {
    var directory = Files.createDirectories(root.resolve(Integer.toString(pid)));
    Files.writeString(directory.resolve("comm"), comm + "\n");
    Files.writeString(directory.resolve("schedstat"), pid * 1000 + " " + pid * 10 + " 3\n");
    Files.writeString(
        directory.resolve("stat"),
        "%d (%s) S %d 1 1 0 -1 4194560 %d 0 0 0 1 2 0 0 20 0 1 0 %d 16 3\n"
            .formatted(pid, comm, parent, pid, startedTicks));
    Files.writeString(
        directory.resolve("status"),
        "Name:\t%s\nUid:\t%d\t%d\t%d\t%d\n".formatted(comm, uid, uid, uid, uid));
    Files.writeString(directory.resolve("cmdline"), commandLine + "\0");
  }
}
