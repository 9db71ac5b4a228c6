package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.trapline.abi.engine.AccessListener;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.board.cpu.SystemRegister;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// The functions that native code calls: one stub of each kind for an engine, and a pair for each of its devices.
///
/// A throwable that leaves an upcall ends the JVM. So each function here catches every throwable, passes it to the
/// engine, and returns a harmless value. The engine stops, and throws it again after `uc_emu_start` has returned.
// The functions are found by name, and have the parameters of the C interface.
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
public final class Upcalls {

    /// `uc_arm64_cp_reg`: the argument of a hook on system instructions.
    private static final long CP_CRN = 0;

    private static final long CP_CRM = 4;
    private static final long CP_OP0 = 8;
    private static final long CP_OP1 = 12;
    private static final long CP_OP2 = 16;
    private static final long CP_VALUE = 24;
    /// `uc_tb`: the description of a block for a hook on translation. An instruction count is between the two
    /// fields.
    private static final long TB_PC = 0;

    private static final long TB_SIZE = 10;

    // SAFETY: read only at addresses that the library passes to a hook, for the duration of that hook.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final FunctionDescriptor INTERRUPT = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor INVALID =
            of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor ACCESS =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor SYSTEM = of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor TRANSLATION =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor INSTRUCTION =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor MMIO_READ = of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor MMIO_WRITE =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final FunctionDescriptor CALLBACK = FunctionDescriptor.ofVoid();

    private static final MethodHandle ON_INTERRUPT = method("interrupt", INTERRUPT, Hooks.class);
    private static final MethodHandle ON_INVALID = method("invalid", INVALID, Hooks.class);
    private static final MethodHandle ON_ACCESS = method("access", ACCESS, AccessListener.class);
    private static final MethodHandle ON_MRS = method("readSystem", SYSTEM, Hooks.class);
    private static final MethodHandle ON_MSR = method("writeSystem", SYSTEM, Hooks.class);
    private static final MethodHandle ON_SYS = method("systemInstruction", SYSTEM, Hooks.class);
    private static final MethodHandle ON_TRANSLATION = method("translation", TRANSLATION, TranslationHook.class);
    private static final MethodHandle ON_INSTRUCTION = method("instruction", INSTRUCTION, CodeHooks.class);
    private static final MethodHandle ON_GAP_READ = method("gapRead", MMIO_READ, Hooks.class);
    private static final MethodHandle ON_GAP_WRITE = method("gapWrite", MMIO_WRITE, Hooks.class);
    private static final MethodHandle ON_CALLBACK = method("callback", CALLBACK, Runnable.class);
    private static final MethodHandle ON_DEVICE_READ = method("deviceRead", MMIO_READ, MmioDevice.class);
    private static final MethodHandle ON_DEVICE_WRITE = method("deviceWrite", MMIO_WRITE, MmioDevice.class);

    private final Unicorn engine;
    private final Arena arena;
    private @Nullable SystemFilter filter;
    private boolean walking;

    Upcalls(Unicorn engine, Arena arena) {
        this.engine = engine;
        this.arena = arena;
    }

    /// Lets the engine translate an address for Trapline itself. The guest may have put its page tables outside of
    /// memory: there, the walk reads 0, and no device or hook is called.
    void duringWalk(Runnable walk) {
        walking = true;
        try {
            walk.run();
        } finally {
            walking = false;
        }
    }

    /// Sets what is called before the hooks on system instructions; null if nothing is.
    void filter(@Nullable SystemFilter before) {
        filter = before;
    }

    long interruptStub(Hooks hooks) {
        return stub(ON_INTERRUPT, hooks, INTERRUPT);
    }

    long invalidStub(Hooks hooks) {
        return stub(ON_INVALID, hooks, INVALID);
    }

    long accessStub(AccessListener listener) {
        return stub(ON_ACCESS, listener, ACCESS);
    }

    long readSystemStub(Hooks hooks) {
        return stub(ON_MRS, hooks, SYSTEM);
    }

    long writeSystemStub(Hooks hooks) {
        return stub(ON_MSR, hooks, SYSTEM);
    }

    long systemInstructionStub(Hooks hooks) {
        return stub(ON_SYS, hooks, SYSTEM);
    }

    long translationStub(TranslationHook hooks) {
        return stub(ON_TRANSLATION, hooks, TRANSLATION);
    }

    long instructionStub(CodeHooks hooks) {
        return stub(ON_INSTRUCTION, hooks, INSTRUCTION);
    }

    long deviceReadStub(MmioDevice device) {
        return stub(ON_DEVICE_READ, device, MMIO_READ);
    }

    long deviceWriteStub(MmioDevice device) {
        return stub(ON_DEVICE_WRITE, device, MMIO_WRITE);
    }

    /// The functions for accesses to addresses that nobody has.
    public GapStubs gapStubs(Hooks hooks) {
        return new GapStubs(stub(ON_GAP_READ, hooks, MMIO_READ), stub(ON_GAP_WRITE, hooks, MMIO_WRITE));
    }

    /// A function without arguments and result.
    ///
    /// @return its address, valid as long as the instance
    public long callbackStub(Runnable callback) {
        return stub(ON_CALLBACK, callback, CALLBACK);
    }

    private static FunctionDescriptor of(MemoryLayout result, MemoryLayout... arguments) {
        return FunctionDescriptor.of(result, arguments);
    }

    private static MethodHandle method(String name, FunctionDescriptor descriptor, Class<?> receiver) {
        MethodType type = descriptor.toMethodType().insertParameterTypes(0, Upcalls.class, receiver);
        try {
            return MethodHandles.lookup().findStatic(Upcalls.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("restricted")
    private long stub(MethodHandle method, Object receiver, FunctionDescriptor descriptor) {
        // SAFETY: the stub lives in the engine's arena, which is closed after uc_close.
        return Linker.nativeLinker()
                .upcallStub(MethodHandles.insertArguments(method, 0, this, receiver), descriptor, arena)
                .address();
    }

    private static void interrupt(Upcalls self, Hooks hooks, long uc, int number, long user) {
        try {
            hooks.interrupt(number);
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private static int invalid(
            Upcalls self, Hooks hooks, long uc, int access, long address, int size, long value, long user) {
        try {
            return hooks.invalidAccess(access, address) ? 1 : 0;
        } catch (Throwable t) {
            return self.engine.failInHook(t);
        }
    }

    private static void access(
            Upcalls self, AccessListener listener, long uc, int access, long address, int size, long value, long user) {
        try {
            listener.accessed(address, size, access == UnicornConstants.UC_MEM_WRITE);
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private static int readSystem(Upcalls self, Hooks hooks, long uc, int register, long access, long user) {
        try {
            int encoding = encoding(access);
            return self.concerns(hooks, encoding) && hooks.readSystem(encoding, generalRegister(register)) ? 1 : 0;
        } catch (Throwable t) {
            return self.engine.failInHook(t);
        }
    }

    private static int writeSystem(Upcalls self, Hooks hooks, long uc, int register, long access, long user) {
        try {
            int encoding = encoding(access);
            return self.concerns(hooks, encoding)
                            && hooks.writeSystem(encoding, MEMORY.get(JAVA_LONG, access + CP_VALUE))
                    ? 1
                    : 0;
        } catch (Throwable t) {
            return self.engine.failInHook(t);
        }
    }

    private static int systemInstruction(Upcalls self, Hooks hooks, long uc, int register, long access, long user) {
        try {
            int encoding = encoding(access);
            if (self.concerns(hooks, encoding)) {
                hooks.systemInstruction(encoding, MEMORY.get(JAVA_LONG, access + CP_VALUE));
            }
            return 0;
        } catch (Throwable t) {
            return self.engine.failInHook(t);
        }
    }

    private static void translation(
            Upcalls self, TranslationHook hooks, long uc, long block, long previous, long user) {
        try {
            hooks.blockTranslated(
                    MEMORY.get(JAVA_LONG, block + TB_PC), Short.toUnsignedInt(MEMORY.get(JAVA_SHORT, block + TB_SIZE)));
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private static void instruction(Upcalls self, CodeHooks hooks, long uc, long address, int size, long user) {
        try {
            hooks.instructionReached(address);
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private static long deviceRead(Upcalls self, MmioDevice device, long uc, long offset, int size, long user) {
        try {
            return self.walking ? 0 : device.read(offset, size);
        } catch (Throwable t) {
            return self.engine.failInHook(t);
        }
    }

    private static void deviceWrite(
            Upcalls self, MmioDevice device, long uc, long offset, int size, long value, long user) {
        try {
            if (!self.walking) {
                device.write(offset, size, value);
            }
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private static long gapRead(Upcalls self, Hooks hooks, long uc, long offset, int size, long base) {
        try {
            return self.walking ? 0 : hooks.loadElsewhere(base + offset, size);
        } catch (Throwable t) {
            return self.engine.failInHook(t);
        }
    }

    private static void gapWrite(Upcalls self, Hooks hooks, long uc, long offset, int size, long value, long base) {
        try {
            if (!self.walking) {
                hooks.storeElsewhere(base + offset, size, value);
            }
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private static void callback(Upcalls self, Runnable callback) {
        try {
            callback.run();
        } catch (Throwable t) {
            self.engine.failInHook(t);
        }
    }

    private boolean concerns(Hooks hooks, int encoding) {
        boolean concerns = hooks.concerns(encoding);
        if (!concerns && filter != null) {
            filter.pass(encoding);
        }
        return concerns;
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
