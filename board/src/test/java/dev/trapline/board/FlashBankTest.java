package dev.trapline.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.board.flash.CfiFlash;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which machines have the flash bank for variables, and how they describe it.
class FlashBankTest {

    private static final DeviceRef BANK = new DeviceRef("cfi-flash", "1", CfiFlash.BASE, CfiFlash.SIZE);

    private static Board board(BoardKind kind, Image.Kind... images) {
        Board board = Board.of(BoardSpec.DEFAULT.withKind(kind), CpuSpec.DEFAULT);
        board.fit(List.of(images).stream()
                .map(image -> new Image(image, image + ".bin", 0, Bytes.copyOf(new byte[] {7})))
                .toList());
        return board;
    }

    @ParameterizedTest
    @EnumSource(
            value = Image.Kind.class,
            names = {"FLASH", "FLASH_VARIABLES"})
    void firmwareOnTheBoardVirtHasIt(Image.Kind image) {
        Board board = board(BoardKind.VIRT, image);

        assertThat(board.bus().described()).contains(BANK);
        assertThat(board.nodes())
                .as("the binding 'cfi-flash' of Linux")
                .anySatisfy(node -> assertThat(node.name()).isEqualTo("flash@4000000"));
    }

    @Test
    void itHasTheGivenContentAndIsErasedOtherwise() {
        assertThat(firstByte(board(BoardKind.VIRT, Image.Kind.FLASH, Image.Kind.FLASH_VARIABLES)))
                .isEqualTo(7);
        assertThat(firstByte(board(BoardKind.VIRT, Image.Kind.FLASH_VARIABLES, Image.Kind.FLASH)))
                .isEqualTo(7);
        assertThat(firstByte(board(BoardKind.VIRT, Image.Kind.FLASH))).isEqualTo(0xff);
    }

    private static long firstByte(Board board) {
        return board.bus().devices().stream()
                .filter(CfiFlash.class::isInstance)
                .findFirst()
                .orElseThrow()
                .read(0, 1);
    }

    @Test
    void otherMachinesHaveNone() {
        assertThat(board(BoardKind.VIRT, Image.Kind.KERNEL).bus().described()).doesNotContain(BANK);
        assertThat(board(BoardKind.BARE, Image.Kind.FLASH).bus().described()).doesNotContain(BANK);
    }

    @Test
    void aContentThatCannotBeUsedIsRefused() {
        assertThatThrownBy(() -> board(BoardKind.BARE, Image.Kind.FLASH_VARIABLES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the board 'bare' has no flash bank for variables; use the board 'virt'");
        assertThatThrownBy(() -> board(BoardKind.VIRT, Image.Kind.FLASH_VARIABLES, Image.Kind.FLASH_VARIABLES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a second content of the flash bank for variables; give one");
    }
}
