package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A program that takes no exceptions and no interrupts runs alike on each board, so that it needs no option.
@Tag("native")
class BothBoardsTest {

    private static final long LIMIT = 3_000_000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    static List<String> guests() throws IOException {
        return Guests.names(Guests.DIRECTORY);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aGuestWithoutVectorsPrintsAndEndsTheSameOnTheBoardVirt(String guest) throws IOException {
        check(guest, GicVersion.V2);
    }

    @ParameterizedTest
    @EnumSource
    void aTimerEndsAWaitWhileTheInterruptControllerIsOff(GicVersion gic) throws IOException {
        check("conform-psci-suspend.elf", gic);
        check("conform-sdei-cpus.elf", gic);
    }

    private static void check(String guest, GicVersion gic) throws IOException {
        MachineSpec bare = MachineRuns.smallSpec(guest, 0, LIMIT);
        MachineSpec virt = bare.with(bare.board().withKind(BoardKind.VIRT).withGic(gic));
        Finished expected = RUNS.run(bare, Guests.image(guest), "");
        Finished run = RUNS.run(virt, Guests.image(guest), "");
        assertThat(run.console()).as(guest).isEqualTo(expected.console());
        assertThat(run.report().outcome()).as(guest).isEqualTo(expected.report().outcome());
    }
}
