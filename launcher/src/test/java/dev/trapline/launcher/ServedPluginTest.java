package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.launcher.output.Ending;
import dev.trapline.remote.MachineDriver;
import dev.trapline.remote.MachineProtocol;
import dev.trapline.testkit.Assembler;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A plugin of `trapline serve` that fails or never returns harms no other machine, and the server can be stopped.
@Tag("native")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServedPluginTest {

    private static final Image CALLS = Assembler.image("calls.bin", ExecutionState.A64, "calls: hvc #0x4242; b calls");
    private static final Image ENDS =
            Assembler.image("ends.bin", ExecutionState.A64, "movz x0, #8; movk x0, #0x8400, lsl #16; hvc #0");

    @TempDir
    private Path directory;

    private static MachineSpec spec(String how, String where) {
        MachineSpec small = MachineSpec.DEFAULT.with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM));
        return small.with(small.firmware()
                .withSetting("misbehaving.how", how)
                .withSetting("misbehaving.where", where)
                .withSetting("misbehaving.nth", "1"));
    }

    private static MachineProtocol.Event start(MachineDriver driver, String name, MachineSpec spec, Image guest)
            throws Exception {
        return driver.start(name, spec, List.of(guest), Bytes.EMPTY, true)
                .toCompletableFuture()
                .get(120, TimeUnit.SECONDS);
    }

    private static RunOutcome end(MachineDriver driver, String name) throws Exception {
        CompletableFuture<RunOutcome> end = new CompletableFuture<>();
        driver.subscribe(name, event -> {
            if (event instanceof MachineProtocol.Ended ended) {
                end.complete(ended.outcome());
            }
        });
        return end.get(120, TimeUnit.SECONDS);
    }

    /// Work with a driver.
    private interface Work {
        void with(MachineDriver driver) throws Exception;
    }

    /// What a server wrote to standard error, from its start to its end by a signal.
    private String served(Work work) throws Exception {
        ServerFiles files = new ServerFiles(directory);
        Path errors = directory.resolve("errors");
        Process serving = new ProcessBuilder(CommandProcess.command(
                        "serve",
                        "--config",
                        files.configuration().toString(),
                        "--plugin",
                        BrokenPlugin.in(directory).jar().toString()))
                .redirectError(errors.toFile())
                .start();
        try (BufferedReader out = serving.inputReader(StandardCharsets.UTF_8)) {
            String line = String.valueOf(out.readLine());
            assertThat(line).as("%s", Files.readString(errors)).startsWith("serving machines at ");
            String address = line.substring(line.lastIndexOf(' ') + 1);
            try (MachineDriver driver = MachineDriver.connect(files.driver(), address)) {
                work.with(driver);
            }
            serving.toHandle().destroy();
            assertThat(serving.waitFor(120, TimeUnit.SECONDS))
                    .as("the first SIGTERM ends it")
                    .isTrue();
            assertThat(serving.exitValue()).isEqualTo(Ending.INTERRUPTED);
            return Files.readString(errors);
        } finally {
            serving.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply", "start"})
    void oneThatNeverReturnsStopsNoOtherMachineAndIsNamedAtTheEnd(String where) throws Exception {
        String said = served(driver -> {
            CompletableFuture<MachineProtocol.Event> held = driver.start(
                            "held", spec("loop", where), List.of(CALLS), Bytes.EMPTY, true)
                    .toCompletableFuture();
            if (where.equals("apply")) {
                assertThat(held.get(120, TimeUnit.SECONDS)).isInstanceOf(MachineProtocol.Started.class);
            }
            assertThat(start(driver, "other", spec("no", "apply"), ENDS)).isInstanceOf(MachineProtocol.Started.class);
            assertThat(end(driver, "other")).isEqualTo(new RunOutcome.PoweredOff());
        });
        assertThat(said).contains("service 'misbehaving' did not return: dev.trapline.launcher.Misbehaving." + where);
        CommandProcess.Ended verified = CommandProcess.run(
                "journal",
                "verify",
                directory.resolve("recordings").resolve("other").toString());
        assertThat(verified.status()).as(verified.err()).isEqualTo(Ending.OK);
    }

    @Test
    void theStackTraceOfOneThatFailsIsInTheServersLog() throws Exception {
        String said = served(driver -> {
            assertThat(start(driver, "fails", spec("throw", "apply"), CALLS))
                    .isInstanceOf(MachineProtocol.Started.class);
            assertThat(end(driver, "fails")).isInstanceOf(RunOutcome.ServiceFailed.class);
        });
        assertThat(said)
                .contains("the machine 'fails' ended:", "IllegalStateException: out of luck")
                .contains("at dev.trapline.launcher.Misbehaving.misbehave(");
    }
}
