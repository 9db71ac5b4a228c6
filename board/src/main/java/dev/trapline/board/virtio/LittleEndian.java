package dev.trapline.board.virtio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Numbers in the byte order of VIRTIO 1.2.
final class LittleEndian {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static int half(byte[] bytes, int at) {
        return Short.toUnsignedInt((short) SHORT.get(bytes, at));
    }

    static int word(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long doubleWord(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static void putHalf(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    static void putWord(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    static void putDoubleWord(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }
}
