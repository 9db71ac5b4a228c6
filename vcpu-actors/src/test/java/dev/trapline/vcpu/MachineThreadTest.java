package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MachineThreadTest {

    private final MachineThread machine = new MachineThread(Thread::new);

    @AfterEach
    void stop() {
        machine.shutdown();
    }

    @Test
    void everyTaskOfManyThreadsRunsOnceAndOnOneThread() throws InterruptedException {
        int perThread = Boolean.getBoolean("trapline.full") ? 1_000_000 : 50_000;
        int threads = 4;
        CountDownLatch done = new CountDownLatch(threads * perThread);
        Set<Thread> seen = new HashSet<>();
        int[] count = {0};
        List<Thread> senders = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            senders.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < perThread; i++) {
                    machine.execute(() -> {
                        // Not synchronised: only the machine's thread may execute this.
                        count[0]++;
                        seen.add(Thread.currentThread());
                        done.countDown();
                    });
                }
            }));
        }
        assertThat(done.await(60, TimeUnit.SECONDS))
                .as("a lost wake-up would leave tasks behind")
                .isTrue();
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(count[0]).isEqualTo(threads * perThread);
        assertThat(seen).hasSize(1);
    }

    @Test
    void tasksThatATaskSubmitsRunInTheirOrderAndBeforeTheThreadEnds() throws InterruptedException {
        List<Integer> order = new ArrayList<>();
        machine.execute(() -> {
            for (int i = 0; i < 100; i++) {
                int number = i;
                machine.execute(() -> order.add(number));
            }
            machine.shutdown();
        });
        assertThat(machine.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(order).hasSize(100).isSorted();
    }

    @Test
    void aTaskThatThrowsDoesNotTakeTheThreadAway() throws InterruptedException {
        CountDownLatch after = new CountDownLatch(1);
        MachineThread quiet = new MachineThread(work -> {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((_, _) -> {});
            return thread;
        });
        quiet.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        quiet.execute(after::countDown);
        assertThat(after.await(60, TimeUnit.SECONDS)).isTrue();
        quiet.shutdown();
    }

    @Test
    void nothingIsTakenAfterTheEnd() throws InterruptedException {
        machine.shutdown();
        assertThat(machine.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(machine.isTerminated()).isTrue();
        assertThatThrownBy(() -> machine.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    /// A dispatcher without actors ends its thread after a while, possibly when the next machine begins.
    @Test
    void whatIsTakenWhileTheThreadEndsIsDone() throws InterruptedException {
        int rounds = Boolean.getBoolean("trapline.full") ? 50_000 : 3_000;
        for (int round = 0; round < rounds; round++) {
            MachineThread ending = new MachineThread(Thread::new);
            AtomicInteger done = new AtomicInteger();
            int[] taken = {0};
            Thread sender = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        ending.execute(done::incrementAndGet);
                        taken[0]++;
                    }
                } catch (RejectedExecutionException _) {
                    // No task is accepted from here on.
                }
            });
            ending.shutdown();
            sender.join();
            assertThat(ending.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(done.get())
                    .as("a task that is neither executed nor refused is lost, in round %d", round)
                    .isEqualTo(taken[0]);
        }
    }
}
