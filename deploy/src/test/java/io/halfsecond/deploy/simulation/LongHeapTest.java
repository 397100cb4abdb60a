package io.halfsecond.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongHeapTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void should_be_a_priority_queue(long seed) {
    var random = new SplittableRandom(seed);
    var heap = new LongHeap();
    var queue = new PriorityQueue<Long>();

    for (int n = 0; n < 20_000; n++) {
      if (queue.isEmpty() || random.nextInt(5) < 3) {
        long value = random.nextLong(-500, 500);
        heap.add(value);
        queue.add(value);
      } else {
        assertThat(heap.least()).isEqualTo(queue.peek());
        assertThat(heap.removeLeast()).isEqualTo(queue.remove());
      }
      assertThat(heap.isEmpty()).isEqualTo(queue.isEmpty());
    }
  }
}
