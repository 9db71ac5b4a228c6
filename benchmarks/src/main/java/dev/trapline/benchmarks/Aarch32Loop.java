package dev.trapline.benchmarks;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.io.ByteArrayOutputStream;

/// Loops of AArch32 code that end with SYSTEM_OFF. In each, the comparison sets Z, so that NE fails.
public enum Aarch32Loop {
    /// 50 million rounds of `cmp; mov; subs; bne`: no call at all.
    A32_WITHOUT_CALLS(false, 50_000_000, 0xe1510001, 0xe1a02002, 0xe2511001, 0x1afffffb),
    /// A million rounds with `smcne`.
    A32_FAILED_CALLS(false, 1_000_000, 0xe1510001, 0x11600070, 0xe2511001, 0x1afffffb),
    /// A million rounds with `smcal`: PSCI answers each, for comparison.
    A32_CALLS(false, 1_000_000, 0xe3a00484, 0xe1600070, 0xe2511001, 0x1afffffb),
    /// 50 million rounds of `cmp; it ne; movne; subs; bne`: an IT block without a call.
    T32_WITHOUT_CALLS(true, 50_000_000, 0x4289, 0xbf18, 0x4612, 0x3901, 0xd1fa),
    /// A million rounds with `it ne; smcne`.
    T32_FAILED_CALLS(true, 1_000_000, 0x4289, 0xbf18, 0xf7f0, 0x8000, 0x3901, 0xd1f9);

    private static final long ENTRY = 0x4008_0000L;

    private final boolean thumb;
    private final int rounds;

    @SuppressWarnings("ImmutableEnumChecker") // written by nobody
    private final int[] body;

    Aarch32Loop(boolean thumb, int rounds, int... body) {
        this.thumb = thumb;
        this.rounds = rounds;
        this.body = body;
    }

    /// The loop, from `movw r1, movt r1` to SYSTEM_OFF.
    Image image() {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        move(code, 1, rounds);
        for (int instruction : body) {
            half(code, instruction);
            if (!thumb) {
                half(code, instruction >>> 16);
            }
        }
        move(code, 0, 0x8400_0008);
        half(code, thumb ? 0xf7e0 : 0x0070);
        half(code, thumb ? 0x8000 : 0xe140);
        return new Image(Image.Kind.RAW, name(), ENTRY | (thumb ? 1 : 0), Bytes.copyOf(code.toByteArray()));
    }

    private void move(ByteArrayOutputStream code, int register, int value) {
        moveHalf(code, 0, register, value & 0xffff);
        moveHalf(code, 1, register, value >>> 16);
    }

    /// MOVW or MOVT.
    private void moveHalf(ByteArrayOutputStream code, int top, int register, int value) {
        if (thumb) {
            half(code, 0xf240 | top << 7 | (value >>> 11 & 1) << 10 | value >>> 12);
            half(code, (value >>> 8 & 7) << 12 | register << 8 | (value & 0xff));
        } else {
            half(code, register << 12 | (value & 0xfff));
            half(code, 0xe300 | top << 6 | value >>> 12);
        }
    }

    private static void half(ByteArrayOutputStream code, int value) {
        code.write(value);
        code.write(value >>> 8);
    }
}
