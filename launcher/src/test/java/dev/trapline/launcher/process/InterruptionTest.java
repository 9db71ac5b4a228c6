package dev.trapline.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What is done later, whatever else happens in the process.
class InterruptionTest {

    /// A plugin can interrupt all threads.
    @Test
    void aTimerThatIsInterruptedActsAllTheSame() throws Exception {
        CountDownLatch acted = new CountDownLatch(1);
        Interruption.inBackground(acted::countDown, 1000);
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("interruption"))
                .forEach(Thread::interrupt);
        assertThat(acted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTimerThatIsClosedDoesNotAct() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        Interruption.inBackground(first::countDown, 200).close();
        Interruption.inBackground(second::countDown, 400);
        assertThat(second.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(first.getCount()).isEqualTo(1);
    }
}
