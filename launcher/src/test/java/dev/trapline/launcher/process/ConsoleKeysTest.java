package dev.trapline.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.history.Kept;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import dev.trapline.vcpu.MachineRun;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsoleKeysTest {

    /// A machine that keeps typed bytes and reads none of them.
    private static final class DeafRun implements MachineRun {
        final LinkedBlockingQueue<Bytes> typed = new LinkedBlockingQueue<>();
        final AtomicLong untyped = new AtomicLong();

        @Override
        public CompletionStage<RunReport> done() {
            return new CompletableFuture<>();
        }

        @Override
        public void type(Bytes bytes) {
            untyped.addAndGet(bytes.size());
            typed.add(bytes);
        }

        @Override
        public long untyped() {
            return untyped.get();
        }

        @Override
        public void reconfigure(Policy policy) {}

        @Override
        public void inject(Injection what) {}

        @Override
        public void stop(Stop.Reason reason) {}

        @Override
        public long runningCall() {
            return -1;
        }

        @Override
        public boolean isRepeating() {
            return false;
        }

        @Override
        public boolean waitsForStore() {
            return false;
        }

        @Override
        public Kept kept() {
            return Kept.NOTHING;
        }

        @Override
        public @Nullable String runningService() {
            return null;
        }

        @Override
        public boolean giveUp(Stop.Reason reason) {
            return false;
        }

        @Override
        public Progress progress() {
            return new Progress(0, 0, 0);
        }

        @Override
        public boolean readsConsole() {
            return false;
        }
    }

    @Test
    void theEscapeKeyEndsTheRunAndIsNotTyped() throws InterruptedException {
        DeafRun run = new DeafRun();
        CountDownLatch escaped = new CountDownLatch(1);
        ConsoleKeys.carry(
                new ByteArrayInputStream(new byte[] {'a', 'b', ConsoleKeys.ESCAPE, 'c'}),
                run,
                true,
                escaped::countDown);
        assertThat(escaped.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(run.typed).containsExactly(Bytes.copyOf(new byte[] {'a', 'b'}));
    }

    @Test
    void aPipeMayHoldTheEscapeKeysByte() throws InterruptedException {
        DeafRun run = new DeafRun();
        byte[] sent = {'a', ConsoleKeys.ESCAPE, 'c'};
        ConsoleKeys.carry(new ByteArrayInputStream(sent), run, false, () -> {});
        assertThat(run.typed.poll(30, TimeUnit.SECONDS)).isEqualTo(Bytes.copyOf(sent));
    }

    @Test
    void anEndlessPipeIsNotReadFurtherThanTheGuestIsLikelyToNeed() throws InterruptedException {
        DeafRun run = new DeafRun();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'y';
            }
        };
        ConsoleKeys.carry(endless, run, false, () -> {});
        TimeUnit.SECONDS.sleep(1);
        assertThat(run.untyped())
                .as("an endless pipe must not fill the heap: a second is enough for gigabytes")
                .isBetween(1L << 16, 1L << 17);
    }
}
