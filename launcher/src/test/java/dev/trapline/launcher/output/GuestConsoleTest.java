package dev.trapline.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Guest and status line on one terminal: the output in order.
class GuestConsoleTest {

    private static final String ERASE = "\r\033[K";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final GuestConsole console = new GuestConsole(screen, err(), true, statusLine());

    private PrintWriter err() {
        return new PrintWriter(screen, true, StandardCharsets.UTF_8);
    }

    /// Its clock advances by a second between two reads, so the line is always due.
    private StatusLine statusLine() {
        AtomicLong seconds = new AtomicLong();
        return new StatusLine(err(), true, () -> 80, () -> seconds.addAndGet(1_000_000_000L));
    }

    private void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        console.write(bytes, bytes.length);
    }

    private String shown() {
        return screen.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theStatusLineIsGoneBeforeTheGuestPrints() {
        console.showStatus(() -> "busy");
        print("hello\n");
        assertThat(shown()).isEqualTo(ERASE + "busy" + ERASE + "hello\n");
    }

    @Test
    void theStatusLineWaitsWhileTheGuestIsInTheMiddleOfALine() {
        print("=> ");
        console.showStatus(() -> "busy");
        assertThat(shown()).as("a prompt must stay as it is").isEqualTo("=> ");
        print("\n");
        console.showStatus(() -> "busy");
        assertThat(shown()).isEqualTo("=> \n" + ERASE + "busy");
    }

    @Test
    void messagesAfterTheRunBeginOnALineOfTheirOwn() {
        print("no end of line");
        console.finish();
        assertThat(shown()).isEqualTo("no end of line" + System.lineSeparator());
    }

    @Test
    void aConsoleThatNobodyReadsIsNoticedAndNotWrittenAgain() {
        GuestConsole unread = new GuestConsole(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("broken pipe");
                    }
                },
                err(),
                false,
                statusLine());
        assertThat(unread.isBroken()).isFalse();
        unread.write(new byte[] {1}, 1);
        assertThat(unread.isBroken()).as("the run is to be ended").isTrue();
        unread.finish();
        assertThat(shown())
                .as("the last line reports once why it cannot be written")
                .isEmpty();
    }

    @Test
    @Timeout(60)
    void aReaderThatStandsStillHoldsUpTheGuestAndNobodyElse() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        GuestConsole stuck = new GuestConsole(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        blocked.countDown();
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                },
                err(),
                true,
                statusLine());
        Thread machine = Thread.ofPlatform().daemon().start(() -> stuck.write(new byte[] {1}, 1));
        blocked.await();
        stuck.showStatus(() -> "busy");
        stuck.finish();
        assertThat(stuck.isBroken()).isFalse();
        assertThat(machine.isAlive())
                .as("a second Ctrl-C must end the process though the guest's thread is held")
                .isTrue();
        never.countDown();
    }
}
