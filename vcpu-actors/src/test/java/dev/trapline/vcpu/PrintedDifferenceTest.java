package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.testkit.KeptHistory;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two runs that differ only in their output, and in no register at the end of a slice.
class PrintedDifferenceTest {

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "printed");
    private final EngineFactory engines = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));
    /// Index in the history of the slice that printed the changed letter.
    private int printedAt;

    @AfterEach
    void terminate() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @Test
    void theFirstRecordThatDiffersIsTheSliceThatPrinted() throws IOException {
        byte[] image = Files.readAllBytes(Path.of("..", "guests", "smp-hello.elf"));
        List<JournalRecord> original = run(image);
        image[new String(image, StandardCharsets.ISO_8859_1).indexOf("hello from")] = 'H';
        List<JournalRecord> changed = run(image);

        int differs = 0;
        while (original.get(differs).equals(changed.get(differs))) {
            differs++;
        }
        assertThat(differs).as("position of the first difference").isEqualTo(printedAt);
        assertThat(original.get(differs)).isInstanceOf(JournalRecord.Slice.class);
        assertThat(original.get(differs + 1))
                .as("only the output differs: the rest of the history is the same")
                .isEqualTo(changed.get(differs + 1));
    }

    private List<JournalRecord> run(byte[] image) {
        KeptHistory history = new KeptHistory();
        Machine.builder(engines, MachineRuns.spec(2, Schedule.ROUND_ROBIN, 0))
                .image(new Image(Image.Kind.ELF, "smp-hello.elf", 0, Bytes.copyOf(image)))
                .services(FirmwareServices.onClassPath())
                .console((bytes, length) -> {
                    if (new String(bytes, 0, length, StandardCharsets.ISO_8859_1).contains("H")) {
                        printedAt = printedAt == 0 ? history.records.size() - 1 : printedAt;
                    }
                })
                .history(history)
                .start(system)
                .done()
                .toCompletableFuture()
                .join();
        history.assertEnded();
        return history.records;
    }
}
