package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Seed;

final class Benchmark {
  public static void main(String[] args) {
    var seed = new Seed(1);
    var effort = Effort.quick();
    var t = new Thresholds(seed, effort);
    System.out.println(new DelayPart().run(seed, effort, t).text());
    System.out.println(t.protocol());
  }
}
