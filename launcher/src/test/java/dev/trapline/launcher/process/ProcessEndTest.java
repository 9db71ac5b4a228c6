package dev.trapline.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.OthersOutput;
import dev.trapline.machine.firmware.LoadedService;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a process reports its end, also if its threads cannot be examined.
class ProcessEndTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static PrintWriter err() {
        return new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    }

    @Test
    void aCommandSaysNothingOnceSomebodyElseHasEndedTheProcess() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, EndedByAnother.class);
        assertThat(result.printed()).isEqualTo("trapline: exit 4, diverged: by another\n");
        assertThat(result.status()).as("the reported status").isEqualTo(Ending.DIVERGED);
    }

    /// The command ends after the last line, before the process has ended.
    static final class EndedByAnother {
        private EndedByAnother() {}

        public static void main(String[] arguments) {
            Thread command = new Thread(() -> Interruption.say(() -> System.out.println("by the command")));
            command.setDaemon(true);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                command.start();
                while (command.getState() != Thread.State.WAITING && command.getState() != Thread.State.TERMINATED) {
                    Thread.onSpinWait();
                }
            }));
            Interruption.end(new Ending(Ending.DIVERGED, "diverged", "by another"), err());
        }
    }

    @Test
    void whatLibrariesPrintIsNeitherBeforeTheLastLineOnItsLineNorAfterIt() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, PrintsBeside.class);
        assertThat(result.errors()).isEqualTo("a library begins a line\ntrapline: exit 4, diverged: by another\n");
        assertThat(result.printed())
                .as("both streams, up to the same time")
                .startsWith("before, without an end")
                .doesNotContain("after the last line");
    }

    /// A library prints a line in parts, and continues to print until the process has ended.
    static final class PrintsBeside {
        private PrintsBeside() {}

        public static void main(String[] arguments) {
            OthersOutput.begin();
            System.out.print("before, without an end");
            System.err.print("a library begins a line");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                System.out.println("out, after the last line");
                System.err.println(", and ends it after the last line");
                System.err.write('!');
                System.err.close();
            }));
            PrintWriter err = new PrintWriter(OthersOutput.messages(), true, StandardCharsets.UTF_8);
            Interruption.end(new Ending(Ending.DIVERGED, "diverged", "by another"), err);
        }
    }

    @Test
    void aMessageOfTheProcessFollowsAWholeLineOfALibrary() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, PrintsInTurns.class);
        assertThat(result.errors()).isEqualTo("theirs\nours\ntheirs again\nours again\n");
    }

    /// A library and the process print in turns, and the library closes its stream.
    static final class PrintsInTurns {
        private PrintsInTurns() {}

        public static void main(String[] arguments) {
            OthersOutput.begin();
            PrintWriter err = new PrintWriter(OthersOutput.messages(), true, StandardCharsets.UTF_8);
            System.err.println("theirs");
            err.println("ours");
            System.err.print("theirs again");
            System.err.close();
            err.println("ours again");
        }
    }

    @Test
    void nobodySaysAnythingBehindTheCommandsLastWords() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, EndedTwice.class);
        assertThat(result.errors()).isEqualTo("by the command\n");
        assertThat(result.status()).as("the command's status").isEqualTo(Ending.LIMIT);
    }

    /// Another thread ends the process while the command reports its end.
    static final class EndedTwice {
        private EndedTwice() {}

        public static void main(String[] arguments) throws InterruptedException {
            PrintWriter err = err();
            try (LastWord _ = LastWord.prepare(false, err)) {
                Thread other =
                        new Thread(() -> Interruption.end(new Ending(Ending.DIVERGED, "diverged", "by another"), err));
                Interruption.sayLast(() -> {
                    other.start();
                    while (other.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    err.println("by the command");
                });
                other.join();
            }
            Interruption.exit(Ending.LIMIT, 1_000);
        }
    }

    @Test
    void aSignalThatCameBeforeTheCommandTookThemIsNoFailure() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, SignalledEarly.class);
        assertThat(result.errors()).isEqualTo("trapline: exit 130, interrupted: the command was interrupted\n");
        assertThat(result.status()).isEqualTo(Ending.INTERRUPTED);
    }

    /// The JVM ends the process by itself, since nobody else has taken the signal.
    static final class SignalledEarly {
        private SignalledEarly() {}

        public static void main(String[] arguments) throws IOException {
            try (LastWord _ = LastWord.prepare(false, err())) {
                String own = Long.toString(ProcessHandle.current().pid());
                new ProcessBuilder("kill", "-TERM", own).start();
                while (true) {
                    LockSupport.park();
                }
            }
        }
    }

    @Test
    void aServiceThatFoundNoMemoryIsKnownBeforeAnythingIsSaidOfIt() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, FindsNoMemory.class);
        assertThat(result.printed()).isEqualTo("service 'greedy' threw java.lang.OutOfMemoryError\n");
    }

    /// There is no memory left to report which method of the service was called.
    static final class FindsNoMemory {
        private FindsNoMemory() {}

        public static void main(String[] arguments) {
            try {
                throw ServiceFailure.threw("greedy", new OutOfMemoryError()).failure(noText());
            } catch (OutOfMemoryError _) {
                String message = Failures.ofMemory("").message();
                System.out.println(message.substring(0, message.indexOf(',')));
            }
        }

        private static String noText() {
            throw new OutOfMemoryError();
        }
    }

    @Test
    void theRunningServiceIsKnownWithoutALook() throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, Running.class);
        assertThat(result.printed()).isEqualTo("""
            before: null
            at its start: service 'greedy' has taken all memory: it is running, and no part of the process can get any
            on a call: service 'greedy' has taken all memory: it is running, and no part of the process can get any
            behind it: null
            """);
    }

    static final class Running implements FirmwareService<String> {

        private static final GuestMemory MEMORY = new GuestMemory() {
            @Override
            public boolean contains(long address, long length) {
                return false;
            }

            @Override
            public Bytes read(long address, int length) {
                throw new IllegalArgumentException();
            }
        };

        public static void main(String[] arguments) {
            MemoryWatch.know("greedy");
            tell("before");
            ServiceContext context = new ServiceContext(new MachineTopology(1, 16), false, new TreeMap<>());
            ServiceHost<String> host =
                    new ServiceHost<>(LoadedService.of(new Running()), context, MEMORY, new ServiceGate());
            host.events();
            tell("behind it");
        }

        private static void tell(String when) {
            Ending ending = MemoryWatch.ofService();
            System.out.println(when + ": " + (ending == null ? null : ending.message()));
        }

        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("greedy", "1", List.of(), List.of(), List.of());
        }

        @Override
        public String start(ServiceContext context) {
            tell("at its start");
            return "";
        }

        @Override
        public List<Long> events(String initial) {
            tell("on a call");
            return List.of();
        }

        @Override
        public Reply<String> apply(String state, ServiceCall call, GuestMemory memory) {
            return Reply.x0(state, 0);
        }
    }
}
