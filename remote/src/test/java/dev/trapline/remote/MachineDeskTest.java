package dev.trapline.remote;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.remote.MachineProtocol.Command;
import dev.trapline.remote.MachineProtocol.Event;
import dev.trapline.testkit.Guests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The actor to which drivers send messages, without a network.
@SuppressWarnings("NullAway.Init")
class MachineDeskTest {

    private static ActorTestKit kit;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("MachineDeskTest");
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    /// An engine that is broken in a way that nobody expects.
    private enum Broken implements EngineFactory {
        ENGINES;

        @Override
        public Engine open(EngineSpec spec) {
            throw new IllegalStateException("no engine opens");
        }

        @Override
        public EngineLibrary library() {
            throw new IllegalStateException("no library answers");
        }
    }

    @Test
    void aDefectEndsTheCommandAndNotTheDesk(@TempDir Path recordings) throws IOException {
        TestProbe<Event> driver = kit.createTestProbe(Event.class);
        ActorRef<Command> desk = kit.spawn(MachineDesk.create(new MachineHost(
                kit.system(),
                Broken.ENGINES,
                FirmwareServices.onClassPath(),
                recordings,
                StoragePolicy.DEFAULT,
                MachineHost.Limits.DEFAULT)));
        MachineProtocol.Start start = new MachineProtocol.Start(
                1, driver.getRef(), "first", MachineSpec.DEFAULT, List.of(Guests.image("echo.elf")), Bytes.EMPTY, true);

        LoggingTestKit.error("a defect of Trapline")
                .withCause(IllegalStateException.class)
                .expect(kit.system(), () -> {
                    desk.tell(start);
                    return null;
                });

        MachineProtocol.Refused refused = driver.expectMessageClass(MachineProtocol.Refused.class);
        assertThat(refused.request()).isEqualTo(1);
        assertThat(refused.reason()).contains("a defect of Trapline", "no library answers");
        desk.tell(new MachineProtocol.ListMachines(2, driver.getRef()));
        driver.expectMessage(new MachineProtocol.Listing(2, List.of()));
    }
}
