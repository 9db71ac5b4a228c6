package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.trapline.abi.engine.MmioDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/// The functions that native code calls: one stub of each kind for all engines, and a number for whom it calls.
///
/// A throwable that leaves an upcall ends the JVM. Each function here catches what is thrown, hands it to the engine,
/// which stops and throws it again once `uc_emu_start` has returned, and answers something harmless.
// The functions are found by name, and take what the C interface passes.
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
final class Upcalls {

    /// `uc_arm64_cp_reg`: what a hook on system instructions is told.
    private static final long CP_CRN = 0;

    private static final long CP_CRM = 4;
    private static final long CP_OP0 = 8;
    private static final long CP_OP1 = 12;
    private static final long CP_OP2 = 16;
    private static final long CP_VALUE = 24;
    /// `uc_tb`: what a hook on translation is told of a block. An instruction count is between the two.
    private static final long TB_PC = 0;

    private static final long TB_SIZE = 10;

    // SAFETY: read only at addresses that the library passes to a hook, for the duration of that hook.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final FunctionDescriptor INTERRUPT = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor INVALID =
            of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor SYSTEM = of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor TRANSLATION =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor INSTRUCTION =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor MMIO_READ = of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor MMIO_WRITE =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final long ON_INTERRUPT = stub("interrupt", INTERRUPT);
    private static final long ON_INVALID = stub("invalid", INVALID);
    private static final long ON_MRS = stub("readSystem", SYSTEM);
    private static final long ON_MSR = stub("writeSystem", SYSTEM);
    private static final long ON_SYS = stub("systemInstruction", SYSTEM);
    private static final long ON_TRANSLATION = stub("translation", TRANSLATION);
    private static final long ON_INSTRUCTION = stub("instruction", INSTRUCTION);
    private static final long ON_DEVICE_READ = stub("deviceRead", MMIO_READ);
    private static final long ON_DEVICE_WRITE = stub("deviceWrite", MMIO_WRITE);

    private static final Receivers RECEIVERS = new Receivers();

    private final Unicorn engine;
    private final List<Integer> numbers = new ArrayList<>();

    Upcalls(Unicorn engine) {
        this.engine = engine;
    }

    /// A function of this class as the library is given it.
    ///
    /// @param function its address
    /// @param user what the library hands back with each call
    record Callback(long function, long user) {}

    Callback interrupt(Hooks hooks) {
        return callback(ON_INTERRUPT, hooks);
    }

    Callback invalid(Hooks hooks) {
        return callback(ON_INVALID, hooks);
    }

    Callback readSystem(Hooks hooks) {
        return callback(ON_MRS, hooks);
    }

    Callback writeSystem(Hooks hooks) {
        return callback(ON_MSR, hooks);
    }

    Callback systemInstruction(Hooks hooks) {
        return callback(ON_SYS, hooks);
    }

    Callback translation(TranslationHook hook) {
        return callback(ON_TRANSLATION, hook);
    }

    Callback instruction(CodeHooks hooks) {
        return callback(ON_INSTRUCTION, hooks);
    }

    Callback deviceRead(MmioDevice device) {
        return callback(ON_DEVICE_READ, device);
    }

    Callback deviceWrite(MmioDevice device) {
        return callback(ON_DEVICE_WRITE, device);
    }

    private Callback callback(long function, Object target) {
        int number = RECEIVERS.add(new Receivers.Receiver(engine, target));
        numbers.add(number);
        return new Callback(function, number);
    }

    /// Once the instance is closed, nothing calls any more.
    void close() {
        numbers.forEach(RECEIVERS::remove);
        numbers.clear();
    }

    private static FunctionDescriptor of(MemoryLayout result, MemoryLayout... arguments) {
        return FunctionDescriptor.of(result, arguments);
    }

    @SuppressWarnings("restricted")
    private static long stub(String name, FunctionDescriptor descriptor) {
        try {
            MethodHandle method = MethodHandles.lookup().findStatic(Upcalls.class, name, descriptor.toMethodType());
            // SAFETY: the global arena never frees the stub.
            return Linker.nativeLinker()
                    .upcallStub(method, descriptor, Arena.global())
                    .address();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static void interrupt(long uc, int number, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            ((Hooks) receiver.target()).interrupt(number);
        } catch (Throwable t) {
            receiver.engine().failInHook(t);
        }
    }

    private static int invalid(long uc, int access, long address, int size, long value, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            ((Hooks) receiver.target()).invalidAccess(access, address);
        } catch (Throwable t) {
            receiver.engine().failInHook(t);
        }
        return 0;
    }

    private static int readSystem(long uc, int register, long access, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            return ((Hooks) receiver.target()).readSystem(encoding(access), generalRegister(register)) ? 1 : 0;
        } catch (Throwable t) {
            return receiver.engine().failInHook(t);
        }
    }

    private static int writeSystem(long uc, int register, long access, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            return ((Hooks) receiver.target()).writeSystem(encoding(access), MEMORY.get(JAVA_LONG, access + CP_VALUE))
                    ? 1
                    : 0;
        } catch (Throwable t) {
            return receiver.engine().failInHook(t);
        }
    }

    private static int systemInstruction(long uc, int register, long access, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            ((Hooks) receiver.target()).systemInstruction(encoding(access), MEMORY.get(JAVA_LONG, access + CP_VALUE));
            return 0;
        } catch (Throwable t) {
            return receiver.engine().failInHook(t);
        }
    }

    private static void translation(long uc, long block, long previous, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            ((TranslationHook) receiver.target())
                    .blockTranslated(
                            MEMORY.get(JAVA_LONG, block + TB_PC),
                            Short.toUnsignedInt(MEMORY.get(JAVA_SHORT, block + TB_SIZE)));
        } catch (Throwable t) {
            receiver.engine().failInHook(t);
        }
    }

    private static void instruction(long uc, long address, int size, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            ((CodeHooks) receiver.target()).instructionReached(address);
        } catch (Throwable t) {
            receiver.engine().failInHook(t);
        }
    }

    private static long deviceRead(long uc, long offset, int size, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            return ((MmioDevice) receiver.target()).read(offset, size);
        } catch (Throwable t) {
            return receiver.engine().failInHook(t);
        }
    }

    private static void deviceWrite(long uc, long offset, int size, long value, long user) {
        Receivers.Receiver receiver = RECEIVERS.of(user);
        try {
            ((MmioDevice) receiver.target()).write(offset, size, value);
        } catch (Throwable t) {
            receiver.engine().failInHook(t);
        }
    }

    private static int encoding(long access) {
        return SystemRegister.of(
                MEMORY.get(JAVA_INT, access + CP_OP0),
                MEMORY.get(JAVA_INT, access + CP_OP1),
                MEMORY.get(JAVA_INT, access + CP_CRN),
                MEMORY.get(JAVA_INT, access + CP_CRM),
                MEMORY.get(JAVA_INT, access + CP_OP2));
    }

    private static int generalRegister(int register) {
        int fromX0 = register - UnicornConstants.UC_ARM64_REG_X0;
        if (fromX0 >= 0 && fromX0 <= 28) {
            return fromX0;
        }
        return switch (register) {
            case UnicornConstants.UC_ARM64_REG_X29 -> 29;
            case UnicornConstants.UC_ARM64_REG_X30 -> 30;
            default -> 31;
        };
    }
}
