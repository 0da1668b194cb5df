package dev.tarn.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of ARCHITECTURE.md, between modules and inside them. */
@AnalyzeClasses(packages = "dev.tarn", importOptions = ImportOption.DoNotIncludeTests.class)
final class PackageArrowsTest {
    private PackageArrowsTest() {}

    @ArchTest
    static final ArchRule writerMaintenanceAndGatewayReachACatalogThroughTheRestProtocolOnly = noClasses()
            .that()
            .resideInAnyPackage("dev.tarn.writer..", "dev.tarn.kafka..", "dev.tarn.maintenance..", "dev.tarn.flight..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tarn.catalog..");

    @ArchTest
    static final ArchRule commonStandsOnTheJdkAlone = classes()
            .that()
            .resideInAPackage("dev.tarn.common..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.tarn.common..", "java..", "org.slf4j..", "org.jspecify..");

    @ArchTest
    static final ArchRule nothingButTheCommandLineKnowsTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tarn.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tarn.cli..");

    @ArchTest
    static final ArchRule theCommitRulesKnowNeitherStoreNorHttp = noClasses()
            .that()
            .resideInAPackage("dev.tarn.catalog.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tarn.catalog.store..",
                    "dev.tarn.catalog.rest..",
                    "dev.tarn.catalog.http..",
                    "io.vertx..",
                    "java.sql..");

    @ArchTest
    static final ArchRule onlyTheHttpSeamKnowsVertx = noClasses()
            .that()
            .resideInAPackage("dev.tarn..")
            .and()
            .resideOutsideOfPackage("dev.tarn.catalog.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..");

    @ArchTest
    static final ArchRule theReferenceHandlersAreNotUsed = noClasses()
            .that()
            .resideInAPackage("dev.tarn..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.apache.iceberg.rest.CatalogHandlers");

    @ArchTest
    static final ArchRule theProtocolDoesNotKnowTheEngineBehindTheSeam = noClasses()
            .that()
            .resideInAnyPackage("dev.tarn.flight.protocol..", "dev.tarn.flight.tickets..", "dev.tarn.flight.session..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tarn.flight.engine.duckdb..", "dev.tarn.flight.worker..", "org.duckdb..");

    @ArchTest
    static final ArchRule modulesAreFreeOfCycles =
            slices().matching("dev.tarn.(*)..").should().beFreeOfCycles();
}
