package dev.trapline.registry.kvm;

import dev.trapline.abi.firmware.PsciVersion;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Policy;
import dev.trapline.registry.RegistryError;
import dev.trapline.registry.RegistryException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The pseudo firmware registers of a machine, in the manner of `KVM_GET_ONE_REG` and under its identifiers: another
/// view of the policy and of the setting `psci.version`, and nothing besides. Immutable.
///
/// A bitmap register has a bit for each service that it knows and the machine has; the bit is set while the service's
/// toggle is on, as all are at a reset. Clearing it switches the toggle off: the guest finds the calls NOT_SUPPORTED,
/// and the FEATURES calls say so.
///
/// Getting and setting fail as in KVM: ENOENT for an unknown register, EINVAL for an unknown bit or version,
/// EBUSY for another value once the machine has run; the value that is there already may always be set.
public final class FirmwareRegisters {

    /// `KVM_REG_ARM_PSCI_VERSION`: a version of [PsciVersion].
    public static final long PSCI_VERSION = 0x6030_0000_0014_0000L;
    /// `KVM_REG_ARM_STD_BMAP`: standard secure services. Bit 0 `trng`.
    public static final long STD_BMAP = 0x6030_0000_0016_0000L;
    /// `KVM_REG_ARM_STD_HYP_BMAP`: standard hypervisor services. Bit 0 `pv-time`.
    public static final long STD_HYP_BMAP = 0x6030_0000_0016_0001L;
    /// `KVM_REG_ARM_VENDOR_HYP_BMAP`: vendor hypervisor services. Bit 0 `vendor-hyp`, bit 1 `ptp`.
    public static final long VENDOR_HYP_BMAP = 0x6030_0000_0016_0002L;
    /// `KVM_REG_ARM_VENDOR_HYP_BMAP_2`: no bits.
    public static final long VENDOR_HYP_BMAP_2 = 0x6030_0000_0016_0003L;

    private static final String PSCI = "psci";
    private static final String VERSION_SETTING = "psci.version";

    private final Collection<ServiceDescriptor> services;
    private final Policy policy;
    private final SortedMap<String, String> settings;

    /// A register, in the order of the identifiers.
    private enum Register {
        VERSION("PSCI_VERSION", PSCI_VERSION),
        STD("STD_BMAP", STD_BMAP, "trng"),
        STD_HYP("STD_HYP_BMAP", STD_HYP_BMAP, "pv-time"),
        VENDOR_HYP("VENDOR_HYP_BMAP", VENDOR_HYP_BMAP, "vendor-hyp", "ptp"),
        VENDOR_HYP_2("VENDOR_HYP_BMAP_2", VENDOR_HYP_BMAP_2);

        private final String kernelName;
        private final long id;

        @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
        private final List<String> bits;

        Register(String kernelName, long id, String... bits) {
            this.kernelName = kernelName;
            this.id = id;
            this.bits = List.of(bits);
        }
    }

    /// The registers of a machine.
    ///
    /// @param services all of the machine
    /// @param settings of services, as in `psci.version`; those that are absent are as by default
    public FirmwareRegisters(
            Collection<ServiceDescriptor> services, Policy policy, SortedMap<String, String> settings) {
        this.services = List.copyOf(services);
        this.policy = policy;
        this.settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /// The identifiers of all registers of this machine, ascending.
    public List<Long> ids() {
        return Arrays.stream(Register.values())
                .filter(this::exists)
                .map(register -> register.id)
                .toList();
    }

    /// A register's name, as the kernel's documentation has it.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is none
    public String name(long id) {
        return find(id).kernelName;
    }

    /// The identifier of the register that a text means: its name, or `0x` and its identifier.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is none
    public long id(String text) {
        for (Register register : Register.values()) {
            if (exists(register)
                    && (register.kernelName.equalsIgnoreCase(text)
                            || hex(register.id).equalsIgnoreCase(text))) {
                return register.id;
            }
        }
        throw unknown(text);
    }

    /// The toggles that a register's bits stand for, by bit; none for a register that is no bitmap.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is no such register
    public SortedMap<Integer, String> toggles(long id) {
        SortedMap<Integer, String> toggles = new TreeMap<>();
        Register register = find(id);
        for (int bit = 0; bit < register.bits.size(); bit++) {
            if (hasService(register.bits.get(bit))) {
                toggles.put(bit, register.bits.get(bit));
            }
        }
        return toggles;
    }

    /// The value of a register.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is none, or an
    ///     [RegistryError.BadPsciVersion] if the machine cannot have the version that its settings ask for
    public long get(long id) {
        Register register = find(id);
        if (register == Register.VERSION) {
            return version().value();
        }
        long value = 0;
        for (Map.Entry<Integer, String> bit : toggles(id).entrySet()) {
            value |= policy.isOn(bit.getValue(), true) ? 1L << bit.getKey() : 0;
        }
        return value;
    }

    /// These registers with one of them set, before the machine has run.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] or [RegistryError.BadRegisterValue], or as
    ///     [#get] does
    public FirmwareRegisters with(long id, long value) {
        Register register = find(id);
        require(register, value);
        if (get(id) == value) {
            return this;
        }
        if (register == Register.VERSION) {
            SortedMap<String, String> changed = new TreeMap<>(settings);
            changed.put(VERSION_SETTING, String.valueOf(PsciVersion.ofValue(value)));
            return new FirmwareRegisters(services, policy, changed);
        }
        Policy changed = policy;
        for (Map.Entry<Integer, String> bit : toggles(id).entrySet()) {
            changed = changed.with(bit.getValue(), (value >>> bit.getKey() & 1) != 0);
        }
        return new FirmwareRegisters(services, changed, settings);
    }

    /// Checks a value that is to be set after the machine has run.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister], [RegistryError.BadRegisterValue] or, if
    ///     it is not the value that is there, [RegistryError.VcpuHasRun]
    public void requireUnchanged(long id, long value) {
        require(find(id), value);
        long is = get(id);
        if (is != value) {
            throw new RegistryException(List.of(new RegistryError.VcpuHasRun(name(id), is, value)));
        }
    }

    /// The policy that the registers stand for.
    public Policy policy() {
        return policy;
    }

    /// The settings that the registers stand for.
    public SortedMap<String, String> settings() {
        return settings;
    }

    private PsciVersion version() {
        try {
            return PsciVersion.of(settings.getOrDefault(VERSION_SETTING, PsciVersion.AUTO), policy.isResident(PSCI));
        } catch (IllegalArgumentException e) {
            throw new RegistryException(List.of(new RegistryError.BadPsciVersion(String.valueOf(e.getMessage()))));
        }
    }

    private void require(Register register, long value) {
        String takes;
        boolean fits;
        if (register == Register.VERSION) {
            @Nullable PsciVersion asked = PsciVersion.ofValue(value);
            boolean fixed = policy.isResident(PSCI);
            takes = fixed ? "0x2 alone, since PSCI is answered in place" : "a PSCI version: " + versions();
            fits = asked != null && (!fixed || asked == version());
        } else {
            long supported = supported(register);
            takes = "no bits but " + hex(supported);
            fits = (value & ~supported) == 0;
        }
        if (!fits) {
            throw new RegistryException(List.of(new RegistryError.BadRegisterValue(register.kernelName, value, takes)));
        }
    }

    private static String versions() {
        return Arrays.stream(PsciVersion.values())
                .map(version -> hex(version.value()))
                .collect(Collectors.joining(", "));
    }

    private long supported(Register register) {
        return toggles(register.id).keySet().stream()
                .mapToLong(bit -> 1L << bit)
                .reduce(0, (one, other) -> one | other);
    }

    private Register find(long id) {
        for (Register register : Register.values()) {
            if (register.id == id && exists(register)) {
                return register;
            }
        }
        throw unknown(hex(id));
    }

    private RegistryException unknown(String text) {
        List<String> known = Arrays.stream(Register.values())
                .filter(this::exists)
                .map(register -> hex(register.id) + " " + register.kernelName)
                .toList();
        return new RegistryException(List.of(new RegistryError.UnknownRegister(text, known)));
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private boolean exists(Register register) {
        return register != Register.VERSION || hasService(PSCI);
    }

    private boolean hasService(String name) {
        return services.stream().anyMatch(service -> service.name().equals(name));
    }
}
