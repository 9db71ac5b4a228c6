package dev.trapline.launcher;

import static java.lang.constant.ConstantDescs.CD_int;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldClassesTest {

    private static final String CLASS = "old/Larger.class";
    private static final byte[] TEXT = "as it was\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void anOldClassIsInANewerFormatAndDoesTheSame() throws Exception {
        Path jar = jar(Map.of(CLASS, larger(ClassFile.JAVA_5_VERSION), "a.txt", TEXT));

        assertThat(OldClasses.renew(jar)).as("it has an old class").isTrue();

        assertThat(entry(jar, "a.txt")).as("a file that is not a class").isEqualTo(TEXT);
        assertThat(ClassFile.of().parse(entry(jar, CLASS)).majorVersion())
                .as("the oldest format that the ahead-of-time cache accepts is 50")
                .isGreaterThanOrEqualTo(50);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            var method = Class.forName("old.Larger", true, loader).getMethod("larger", int.class, int.class);
            assertThat(method.invoke(null, 3, 7)).as("the branch is taken").isEqualTo(7);
            assertThat(method.invoke(null, 7, 3)).as("the branch is not taken").isEqualTo(7);
        }
    }

    @Test
    void aJarWithoutOldClassesStaysAsItIs() throws IOException {
        Path jar = jar(Map.of(CLASS, larger(ClassFile.JAVA_8_VERSION), "a.txt", TEXT));
        byte[] before = Files.readAllBytes(jar);

        assertThat(OldClasses.renew(jar)).as("there is nothing to do").isFalse();

        assertThat(Files.readAllBytes(jar)).as("not a byte changes").isEqualTo(before);
    }

    @Test
    void aSignedJarStaysAsItIs() throws IOException {
        Path jar = jar(Map.of(CLASS, larger(ClassFile.JAVA_5_VERSION), "META-INF/SOMEBODY.SF", TEXT));
        byte[] before = Files.readAllBytes(jar);

        assertThat(OldClasses.renew(jar)).as("its signature would break").isFalse();

        assertThat(Files.readAllBytes(jar)).as("not a byte changes").isEqualTo(before);
    }

    @Test
    void aJarWithAClassThatIsBrokenStaysAsItIs() throws IOException {
        byte[] broken = larger(ClassFile.JAVA_5_VERSION);
        Path jar = jar(Map.of(CLASS, java.util.Arrays.copyOf(broken, broken.length - 20)));
        byte[] before = Files.readAllBytes(jar);

        assertThat(OldClasses.renew(jar)).as("its meaning is unknown").isFalse();

        assertThat(Files.readAllBytes(jar)).as("not a byte changes").isEqualTo(before);
    }

    /// A class with a branch, for which newer formats need a table.
    private static byte[] larger(int version) {
        return ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS)
                .build(
                        ClassDesc.of("old.Larger"),
                        type -> type.withVersion(version, 0)
                                .withFlags(ClassFile.ACC_PUBLIC)
                                .withMethodBody(
                                        "larger",
                                        MethodTypeDesc.of(CD_int, CD_int, CD_int),
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                        code -> {
                                            Label second = code.newLabel();
                                            code.iload(0)
                                                    .iload(1)
                                                    .if_icmplt(second)
                                                    .iload(0)
                                                    .ireturn()
                                                    .labelBinding(second)
                                                    .iload(1)
                                                    .ireturn();
                                        }));
    }

    private Path jar(Map<String, byte[]> entries) throws IOException {
        Path jar = directory.resolve("a.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream file = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
                file.putNextEntry(new JarEntry(entry.getKey()));
                file.write(entry.getValue());
                file.closeEntry();
            }
        }
        return jar;
    }

    private static byte[] entry(Path jar, String name) throws IOException {
        try (JarFile file = new JarFile(jar.toFile());
                InputStream in = file.getInputStream(file.getJarEntry(name))) {
            return in.readAllBytes();
        }
    }
}
