package dev.trapline.board.flash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The bank's commands against Intel's extended command set (Intel 290667, StrataFlash J3) and the Common Flash
/// Interface (JEDEC JESD68.01).
class CfiFlashTest {

    private static final long BLOCK = 0x4_0000;
    private static final long READY = 0x0080_0080L;
    private static final long WRONG_SEQUENCE = 0x00b0_00b0L;

    private final CfiFlash flash =
            new CfiFlash(Bytes.copyOf("content of the image".getBytes(StandardCharsets.US_ASCII)));

    private long word(long offset) {
        return flash.read(offset, 4);
    }

    /// A command to both chips.
    private void command(long offset, int code) {
        flash.write(offset, 4, code | (long) code << 16);
    }

    private void program(long offset, long value) {
        command(offset, 0x40);
        flash.write(offset, 4, value);
    }

    @Test
    void showsItsImageAndErasedCellsBehindIt() {
        assertThat(word(0)).isEqualTo(0x746e_6f63L);
        assertThat(word(20)).as("behind the image").isEqualTo(0xffff_ffffL);
        assertThat(flash.read(CfiFlash.SIZE - 8, 8)).as("the last bytes").isEqualTo(-1);
        assertThat(flash.read(1, 1)).as("a byte").isEqualTo('o');
        assertThat(flash.read(2, 2)).as("a half-word").isEqualTo(0x746eL);
        assertThat(flash.read(1, 4)).as("not aligned").isEqualTo(0x6574_6e6fL);
    }

    @Test
    void describesItselfToAQuery() {
        command(0x55 * 4, 0x98);

        assertThat(word(0x10 * 4)).as("Q, from both chips").isEqualTo('Q' | 'Q' << 16);
        assertThat(word(0x11 * 4)).isEqualTo('R' | 'R' << 16);
        assertThat(word(0x12 * 4)).isEqualTo('Y' | 'Y' << 16);
        assertThat(word(0x13 * 4)).as("Intel's extended command set").isEqualTo(0x0001_0001L);
        assertThat(word(0x15 * 4)).as("where its table is").isEqualTo(0x0031_0031L);
        assertThat(word(0x31 * 4)).as("which begins with P").isEqualTo('P' | 'P' << 16);
        assertThat(word(0x27 * 4)).as("2^25 bytes in each chip").isEqualTo(0x0019_0019L);
        assertThat(word(0x28 * 4)).as("8 or 16 data lines").isEqualTo(0x0002_0002L);
        assertThat(word(0x2a * 4)).as("2^6 bytes in the buffer").isEqualTo(0x0006_0006L);
        assertThat(word(0x2c * 4)).as("one region of blocks").isEqualTo(0x0001_0001L);
        assertThat(word(0x2d * 4)).as("of 256 blocks").isEqualTo(0x00ff_00ffL);
        assertThat(word(0x30 * 4)).as("of 0x200 * 256 bytes").isEqualTo(0x0002_0002L);
        assertThat(word(0x40 * 4)).as("behind the table").isZero();

        command(0, 0xff);
        assertThat(word(0)).as("the cells again").isEqualTo(0x746e_6f63L);
    }

    @Test
    void identifiesItself() {
        command(0, 0x90);

        assertThat(word(0)).as("Intel").isEqualTo(0x0089_0089L);
        assertThat(word(4)).as("the device").isEqualTo(0x0018_0018L);
        assertThat(word(BLOCK + 8)).as("a block that is not locked").isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x10, 0x40})
    void programsAWordByClearingBits(int code) {
        command(BLOCK, code);
        flash.write(BLOCK, 4, 0x1234_5678L);
        assertThat(word(0)).as("the status, at each address").isEqualTo(READY);

        program(BLOCK, 0xffff_0000L);
        command(0, 0xff);
        assertThat(word(BLOCK)).as("a bit never becomes 1").isEqualTo(0x1234_0000L);
        assertThat(word(BLOCK + 4)).isEqualTo(0xffff_ffffL);
    }

    @Test
    void programsOneByte() {
        command(BLOCK, 0x40);
        flash.write(BLOCK + 1, 1, 0);
        command(0, 0xff);

        assertThat(word(BLOCK)).isEqualTo(0xffff_00ffL);
    }

    @Test
    void aShortCommandReachesBothChipsAsOnQemu() {
        flash.write(2, 2, 0x90);
        assertThat(word(0)).isEqualTo(0x0089_0089L);
        flash.write(1, 1, 0x70);
        assertThat(flash.read(0, 8)).as("both words of a long access").isEqualTo(READY << 32 | READY);
        assertThat(flash.read(2, 2)).isEqualTo(0x80);
        assertThat(flash.read(1, 1)).as("the upper byte of a chip").isZero();
    }

    @Test
    void programsABufferOfHalfWords() {
        flash.write(BLOCK, 2, 0xe8);
        flash.write(BLOCK, 2, 1);
        flash.write(BLOCK, 2, 0x1111);
        flash.write(BLOCK + 2, 2, 0x2222);
        flash.write(BLOCK, 2, 0xd0);
        flash.write(BLOCK, 2, 0xff);

        assertThat(word(BLOCK)).isEqualTo(0x2222_1111L);
    }

    @Test
    void erasesABlockAndNoOther() {
        program(BLOCK - 4, 0);
        program(BLOCK, 0);
        program(2 * BLOCK - 4, 0);
        program(2 * BLOCK, 0);
        command(BLOCK + 0x100, 0x20);
        command(BLOCK + 0x100, 0xd0);
        assertThat(word(0)).isEqualTo(READY);

        command(0, 0xff);
        assertThat(word(BLOCK - 4)).as("before the block").isZero();
        assertThat(word(BLOCK)).isEqualTo(0xffff_ffffL);
        assertThat(word(2 * BLOCK - 4)).isEqualTo(0xffff_ffffL);
        assertThat(word(2 * BLOCK)).as("behind the block").isZero();
    }

    @Test
    void programsABuffer() {
        command(BLOCK, 0xe8);
        assertThat(word(BLOCK)).as("the buffer is free").isEqualTo(READY);
        command(BLOCK, 31);
        for (int k = 0; k < 32; k++) {
            flash.write(BLOCK + 0x80 + 4L * k, 4, k);
        }
        command(BLOCK, 0xd0);
        assertThat(word(BLOCK)).isEqualTo(READY);

        command(0, 0xff);
        assertThat(word(BLOCK + 0x80 + 4 * 31)).isEqualTo(31);
        assertThat(word(BLOCK + 0x80 + 4 * 32)).isEqualTo(0xffff_ffffL);
    }

    @ParameterizedTest
    @CsvSource({"0x20, 0xff", "0xe8, 32"})
    void refusesAWrongSequence(String first, String second) {
        command(0, Integer.decode(first));
        command(0, Integer.decode(second));

        assertThat(word(0)).as("both error bits").isEqualTo(WRONG_SEQUENCE);
        command(0, 0x50);
        assertThat(word(0)).as("and nothing was done").isEqualTo(0x746e_6f63L);
        command(0, 0x70);
        assertThat(word(0)).as("the errors are cleared").isEqualTo(READY);
    }

    @Test
    void refusesABufferThatIsNotConfirmedOrLeavesItsBlock() {
        command(BLOCK, 0xe8);
        command(BLOCK, 0);
        flash.write(BLOCK, 4, 0);
        command(BLOCK, 0xff);
        assertThat(word(0)).isEqualTo(WRONG_SEQUENCE);
        command(0, 0x50);

        command(BLOCK, 0xe8);
        command(BLOCK, 0);
        flash.write(2 * BLOCK, 4, 0);
        assertThat(word(0)).isEqualTo(WRONG_SEQUENCE);
        command(0, 0xff);
        assertThat(word(BLOCK)).isEqualTo(0xffff_ffffL);
        assertThat(word(2 * BLOCK)).isEqualTo(0xffff_ffffL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0xd0, 0x2f})
    void lockingABlockChangesNothing(int code) {
        command(BLOCK, 0x60);
        command(BLOCK, code);
        assertThat(word(BLOCK)).isEqualTo(READY);

        program(BLOCK, 0);
        command(0, 0xff);
        assertThat(word(BLOCK)).isZero();
    }

    @Test
    void aResetKeepsTheCells() {
        program(BLOCK, 7);
        command(0, 0xe8);
        flash.reset();

        assertThat(word(BLOCK)).isEqualTo(7);
        assertThat(word(0)).isEqualTo(0x746e_6f63L);
    }

    @Test
    void aSavedBankContinuesAsTheFirstOne() {
        program(BLOCK, 7);
        program(3 * BLOCK, 0);
        command(3 * BLOCK, 0x20);
        command(3 * BLOCK, 0xd0);
        command(BLOCK, 0xe8);
        command(BLOCK, 1);
        flash.write(BLOCK + 8, 4, 9);
        CfiFlash loaded = new CfiFlash(Bytes.copyOf("content of the image".getBytes(StandardCharsets.US_ASCII)));
        loaded.load(new StateReader(flash.save()));
        assertThat(loaded.save()).isEqualTo(flash.save());

        loaded.write(BLOCK + 12, 4, 10);
        loaded.write(BLOCK, 4, 0x00d0_00d0L);
        loaded.write(BLOCK, 4, 0x00ff_00ffL);
        assertThat(loaded.read(0, 4)).isEqualTo(0x746e_6f63L);
        assertThat(loaded.read(BLOCK, 4)).isEqualTo(7);
        assertThat(loaded.read(BLOCK + 8, 4)).isEqualTo(9);
        assertThat(loaded.read(BLOCK + 12, 4)).isEqualTo(10);
        assertThat(loaded.read(3 * BLOCK, 4)).isEqualTo(0xffff_ffffL);
    }

    @Test
    void aDamagedStateIsRefused() {
        byte[] state = flash.save().toArray();
        state[0] = 9;

        assertThatThrownBy(() -> flash.load(new StateReader(Bytes.copyOf(state))))
                .isInstanceOf(StateDamagedException.class)
                .hasMessageContaining("flash bank");
    }

    @Test
    void aLargerImageIsRefused() {
        assertThatThrownBy(() -> new CfiFlash(Bytes.copyOf(new byte[CfiFlash.SIZE + 1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x4000001 of its content");
    }

    @Test
    void anErasedPageTakesNoRoomInACheckpoint() {
        command(0, 0x20);
        command(0, 0xd0);

        assertThat(flash.save().size()).isLessThan(64);
    }
}
