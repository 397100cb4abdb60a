package io.halfsecond.collector.tamper;

import io.halfsecond.collector.assembly.Fate;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.SshEvent;
import java.util.ArrayList;
import java.util.List;

/// The rules that hold the log against the kernel's events. They see everything that the assembler
/// does, and judge on a thread of their own, because they look at files of the host before they
/// tell anything.
public record LogAgainstKernel(Unlogged unlogged, PhantomLogins phantoms) {

  /// Takes an event, on its source's thread.
  public void see(SshEvent event) {
    switch (event) {
      case LogEvent line -> unlogged.read(line);
      case KernelEvent kernels -> phantoms.see(kernels);
      case ProbeEvent _ -> {}
    }
  }

  /// Takes the fate of an event in the assembler.
  public void decided(SshEvent event, Fate fate) {
    if (fate == Fate.UNTRUSTED) {
      phantoms.refused(event);
    }
  }

  /// Takes a result of the assembler.
  public void take(Result result) {
    if (result instanceof AuthenticationDecided decided) {
      unlogged.take(decided);
    }
  }

  /// Lines of that time may be missing.
  public void gap(long from, long to) {
    unlogged.gap(from, to);
  }

  /// To be called every few seconds.
  public List<Finding> judge(long now) {
    var found = new ArrayList<>(unlogged.judge(now));
    found.addAll(phantoms.judge(now));
    return found;
  }
}
