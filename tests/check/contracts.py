"""Pairs of real contracts carry their verdict in their names: `ferry compare` agrees with each, or the exception stands here.

The pairs are not part of the repository: CORPUS names the folder that holds openapi/ (see tests/README.md).
"""
import json
import os
import pathlib
import subprocess
import sys

import checks

FERRY = sys.argv[1]
CORPUS = pathlib.Path(os.environ.get("CORPUS", "")) / "openapi"
COMPATIBLE, INCOMPATIBLE, SAME = "compatible", "incompatible", "the same"

# openapi-diff: bc_NAME_base, and what became of it; a name says "changed_but_compatible", or what makes it incompatible.
DIFF = "openapitools-openapi-diff"
BASES = {
    "content": "content_changed_but_compatible request_content_decreased response_content_decreased",
    "maxlength": "request_maxlength_decreased response_maxlength_increased",
    "minlength": "request_minlength_changed_but_compatible request_minlength_increased response_minlength_changed_but_compatible "
                 "response_minlength_increased",
    "oauthflow": "oauthflow_authorization_url_changed oauthflow_refresh_url_changed oauthflow_token_url_changed",
    "oneof": "oneof_changed_but_compatible request_oneof_decreased response_oneof_increased",
    "request_param": "request_param_allowemptyvalue_decreased request_param_changed_but_compatible request_param_explode_changed "
                     "request_param_required_increased request_param_style_changed",
    "request_params": "request_params_changed_but_compatible request_params_decreased request_params_required_increased",
    "required": "required_changed_but_compatible request_required_increased response_required_decreased",
    "response_apiresponse": "response_apiresponse_changed_but_compatible response_apiresponse_decreased",
    "response_header": "response_header_changed_but_compatible response_header_explode_changed response_header_required_decreased "
                       "response_header_required_increased",
    "response_headers": "response_headers_changed_but_compatible response_headers_decreased",
}

# Where the names' verdict is not ours, and why.
EXCEPTIONS = {
    "response_minlength_changed_but_compatible": "a shorter text than promised may come: the names have it the wrong way round",
    "response_minlength_increased": "texts are longer than promised, which no client notices",
    "request_param_explode_changed": "explode has no effect on the strings that these parameters are (OpenAPI 3.0.4, 4.7.12.2)",
    "response_header_explode_changed": "explode has no effect on the integers that these headers are",
    "response_header_required_increased": "a header that is always there breaks nobody",
}

OAS = "oasdiff-oasdiff"
# Files X_base and X_revision of oasdiff's checker: the codes that their names call for. A name that speaks of a change which asks
# nothing new is SAME.
CHECKER = {
    "api_security_added": "security_refused",
    "api_security_global_added": "security_refused",
    "common_request_parameter_max_items_updated": "request.limit_loosened",
    "component_security_updated": "security_scheme_added",
    "contains_added": "request.constraint_added response.constraint_added",
    "content_schema": "request.constraint_added request.constraint_changed response.constraint_changed",
    "content_schema_prop": "request.constraint_added request.constraint_changed response.constraint_changed",
    "dependent_required": "request.constraint_added response.constraint_added",
    "dependent_required_property_changed": "request.constraint_changed response.constraint_changed",
    "exclusive_min_max_set": "request.limit_tightened",
    "nullable_type_array_param": "request.null_refused",
    "nullable_wrap": "request.null_accepted",
    "nullable_wrap_body": "request.null_accepted",
    "nullable_wrap_param": "request.null_accepted",
    "prefix_items_added": "request.constraint_added response.constraint_added",
    "prefix_items_prop": "request.constraint_added response.constraint_added",
    "request_body_any_of_media_type": SAME,  # Cat became Rabbit, which is the same but for its name
    "request_body_const_changed": "request.values_replaced",
    "request_body_default_value_changed": "request.default_changed",
    "request_body_max_length_set": "request.limit_tightened",
    "request_body_max_set": "request.limit_tightened",
    "request_body_removed": "body_removed",
    "request_param_nullable_to_array_31": "request.type_changed",
    "request_parameter_array_max_items": "request.limit_tightened",
    "request_parameter_default_value_changed": "request.default_changed",
    "request_parameter_enum_value_updated": "request.value_removed",
    "request_parameter_max_items_updated": "request.limit_loosened",
    "request_parameter_max_length_set": "request.limit_tightened",
    "request_parameter_max_length_updated": "request.limit_loosened",
    "request_parameter_max_updated": "request.limit_loosened",
    "request_parameter_min_increased": "request.limit_tightened",
    "request_parameter_min_items_increased": "request.limit_tightened",
    "request_parameter_property_enum_value_updated": "request.value_removed",
    "request_property_all_of_added": SAME,  # the part that is added asks for what the others ask for
    "request_property_all_of_annotation_only_added_at_property": SAME,
    "request_property_all_of_removed": SAME,
    "request_property_any_of_added": "request.alternative_added",
    "request_property_any_of_removed": "request.alternative_removed",
    "request_property_discriminator_added": "request.discriminator_added",
    "request_property_max_length_set": "request.limit_tightened",
    "request_property_min_increased": "request.limit_tightened",
    "request_property_one_of_added": "request.alternative_added",
    "request_property_one_of_removed": "request.alternative_removed",
    "request_property_pattern_added_or_changed": "request.pattern_removed",  # to '', which every text matches
    "request_property_type_changed": "request.type_changed",
    "response_pattern_added_or_changed": "response.pattern_changed",
    "response_property_all_of_annotation_only_added": SAME,
    "response_property_became_optional": "response.property_became_optional",
    "response_property_const_changed": "response.values_replaced",
    # said to be compatible: text and elements below an element of XML are not the same to who reads them
    "response_xml_type_compatible": "response.type_changed",
    "sub_schema_added_property": "request.property_added",
    "sub_schema_traversal": "request.limit_tightened",
    "unevaluated_bool": "request.other_properties_refused response.other_properties_refused",
    "unevaluated_property": "request.constraint_added response.constraint_added",
    "webhook": "event_removed event_added",
    "webhook_operation": "response.property_added",
}

# Pairs whose names say what changed, with the codes they call for.
NAMED = [
    (f"{DIFF}/parameterDiff/issue-458-integer-limits_1.yaml", f"{DIFF}/parameterDiff/issue-458-integer-limits_{n}.yaml", codes)
    for n, codes in [(2, "request.limit_tightened"), (3, "request.limit_loosened"), (4, "request.limit_loosened"),
                     (5, "request.limit_tightened"), (6, "request.format_widened"), (7, "request.limit_tightened"),
                     (8, "request.limit_tightened"), (9, SAME), (10, SAME), (11, "request.limit_tightened"),
                     (12, "request.limit_tightened"), (13, "request.limit_tightened"), (14, "request.limit_tightened"),
                     (15, "request.limit_tightened")]
] + [(f"{DIFF}/{old}", f"{DIFF}/{new}", codes) for old, new, codes in [
    ("change_endpoint_1.yaml", "change_endpoint_2.yaml", "parameter_became_optional empty_value_accepted"),
    ("composed_schema_1.yaml", "composed_schema_2.yaml", "response.alternatives_introduced response.discriminator_added"),
    ("content_diff_1.yaml", "content_diff_2.yaml", "response.type_narrowed"),
    ("oneOf_diff_1.yaml", "oneOf_diff_2.yaml", "response.mapping_added"),
    ("oneOf_discriminator-changed_1.yaml", "oneOf_discriminator-changed_2.yaml", "request.discriminator_changed"),
    ("range_statuscode_1.yaml", "range_statuscode_2.yaml", "status_added"),  # 4XX, which holds the 405 that was
    ("parameterDiff/parameter_diff_1.yaml", "parameterDiff/parameter_diff_2.yaml",
     "parameter_removed parameter_added parameter_deprecated parameter_became_optional parameter_encoding_changed"),
    ("parameterDiff/path_parameter_diff_param_name_diff_old.yaml", "parameterDiff/path_parameter_diff_param_name_diff_new.yaml", SAME),
    ("parameterDiff/path_parameter_diff_param_schema_diff_old.yaml", "parameterDiff/path_parameter_diff_param_schema_diff_new.yaml",
     "request.type_changed"),
    ("responseHeaderDiff/response_header_1.yaml", "responseHeaderDiff/response_header_2.yaml", "header_became_optional header_deprecated"),
    ("schemaDiff/allOf-diff-1.yaml", "schemaDiff/allOf-diff-2.yaml",
     "request.property_removed request.property_added request.property_became_optional"),
    ("schemaDiff/anyOf-diff-1.yaml", "schemaDiff/anyOf-diff-2.yaml", "request.alternative_removed request.alternative_added"),
    ("schemaDiff/schema-additional-properties-1.json", "schemaDiff/schema-additional-properties-2.json",
     "response.other_properties_refused operation_added"),
    ("schemaDiff/schema-multiple-of-diff-1.yaml", "schemaDiff/schema-multiple-of-diff-2.yaml",
     "request.limit_tightened request.limit_loosened"),
    ("schemaDiff/schema-pattern-diff-1.yaml", "schemaDiff/schema-pattern-diff-2.yaml",
     "request.pattern_added request.pattern_changed request.pattern_removed"),
    ("issue-666-oas-3-0-examples-handling-1.yaml", "issue-666-oas-3-0-examples-handling-2.yaml", SAME),
    ("issue-666-oas-3-1-examples-handling-1.yaml", "issue-666-oas-3-1-examples-handling-2.yaml", SAME),
    ("issue-865-null-schema-1.yaml", "issue-865-null-schema-2.yaml", SAME),
    ("bc_request_param_base.yaml", "bc_request_param_base.yaml", SAME),
]] + [(f"{OAS}/{old}", f"{OAS}/{new}", codes) for old, new, codes in [
    ("explode-params/base.yaml", "explode-params/exploded.yaml", SAME),
    ("explode-params/partial-base.yaml", "explode-params/partial-exploded.yaml", SAME),
    ("explode-params/cross-location-base.yaml", "explode-params/cross-location-exploded.yaml", "parameter_removed parameter_added"),
    ("enums/request-parameter-no-enum.yaml", "enums/request-parameter-enum.yaml", "request.values_restricted"),
    ("enums/request-parameter-op-no-enum.yaml", "enums/request-parameter-op-enum.yaml", "request.values_restricted"),
    ("enums/request-parameter-property-no-enum.yaml", "enums/request-parameter-property-enum.yaml", "request.values_restricted"),
    ("enums/request-property-no-enum.yaml", "enums/request-property-enum.yaml", "request.values_restricted"),
    ("enums/request-body-no-enum.yaml", "enums/request-body-enum.yaml", "request.values_restricted"),
    ("enums/request-body-enum.yaml", "enums/request-body-no-enum.yaml", "request.values_unrestricted"),
    ("header-case/base.yaml", "header-case/revision.yaml", SAME),
    ("list-of-types/body-narrowing-base.yaml", "list-of-types/body-narrowing-revision.yaml", "request.type_narrowed response.type_narrowed"),
    ("list-of-types/body-test-base.yaml", "list-of-types/body-test-revision.yaml", "request.type_narrowed response.type_widened"),
    ("list-of-types/list-to-list-base.yaml", "list-of-types/list-to-list-revision.yaml", "response.type_widened response.type_narrowed"),
    ("list-of-types/list-to-single-base.yaml", "list-of-types/list-to-single-revision.yaml", "request.type_narrowed"),
    ("list-of-types/no-type-base.yaml", "list-of-types/no-type-revision.yaml", "response.type_narrowed"),
    ("list-of-types/param-property-base.yaml", "list-of-types/param-property-revision.yaml", "request.type_narrowed"),
    ("list-of-types/param-test-base.yaml", "list-of-types/param-test-revision.yaml", "request.type_narrowed"),
    ("list-of-types/single-to-list-base.yaml", "list-of-types/single-to-list-revision.yaml", "response.type_widened"),
    ("media-type-schema/base.yaml", "media-type-schema/revision.yaml", "request.type_narrowed response.type_narrowed"),
    ("nullable/base-body.yaml", "nullable/revision-body.yaml", "response.null_accepted"),
    ("nullable/base-embedded-property.yaml", "nullable/revision-embedded-property.yaml", "response.null_accepted"),
    ("nullable/base-property.yaml", "nullable/revision-property.yaml", "response.null_accepted"),
    ("nullable/base-req.yaml", "nullable/revision-req.yaml", "request.null_refused"),
    ("required-properties/anyOf1.yaml", "required-properties/anyOf2.yaml", SAME),  # required properties of an array, which has none
    ("required-properties/body1.yaml", "required-properties/body2.yaml", "request.property_became_required"),
    ("required-properties/items1.yaml", "required-properties/items2.yaml", "request.property_became_required"),
    ("required-properties/items1.yaml", "required-properties/items3.yaml", "request.property_became_required_with_default"),
    ("required-properties/read-only-base.yaml", "required-properties/read-only-revision.yaml", "response.property_became_required"),
    ("required-properties/read-only-new-base.yaml", "required-properties/read-only-new-revision.yaml", "response.required_property_added"),
    ("required-properties/request-base.yaml", "required-properties/request-revision.yaml", "request.property_became_optional"),
    ("required-properties/request-new-base.yaml", "required-properties/request-new-revision.yaml", "request.required_property_added"),
    ("required-properties/response-del-required-prop-base.yaml", "required-properties/response-del-required-prop-revision.yaml",
     "response.required_property_removed"),
    ("required-properties/write-only-base.yaml", "required-properties/write-only-revision.yaml", "request.property_became_optional"),
    ("required-properties/write-only-changed-base.yaml", "required-properties/write-only-changed-revision.yaml",
     "response.required_property_removed"),
    ("security-requirements/spec_1.yaml", "security-requirements/spec_2.yaml", "security_accepted"),
    ("security-requirements/spec_2.yaml", "security-requirements/spec_1.yaml", "security_scope_added"),
    ("security-requirements/or_alternatives.yaml", "security-requirements/or_alternatives_scope_added.yaml", "security_scope_added"),
    ("security-requirements/or_alternatives_two.yaml", "security-requirements/or_alternatives_two_changed.yaml", "security_scope_added"),
    ("stability/base-draft-endpoint-property.yaml", "stability/revision-draft-endpoint-property.yaml", SAME),  # an extension of oasdiff
    ("type-change/base-response.yaml", "type-change/revision-response.yaml", "response.type_changed"),
    ("x-of/anyof-base-openapi.yml", "x-of/anyof-rev-openapi.yml", ""),
    ("x-of/inline-ref-byte-identical-base.yaml", "x-of/inline-ref-byte-identical-revision.yaml", SAME),
    ("x-of/inline-to-ref-refactor-base.yaml", "x-of/inline-to-ref-refactor-revision.yaml", SAME),
    ("x-of/single-ref-base.yaml", "x-of/single-ref-revision.yaml", "response.property_added"),
    ("x-of/two-refs-base.yaml", "x-of/two-refs-revision.yaml", "request.property_added"),
    ("ref-chain-example/base/openapi.yaml", "ref-chain-example/revision/openapi.yaml", "response.property_became_optional response.property_added"),
]] + [(f"azure-openapi-diff/{folder}/old.json", f"azure-openapi-diff/{folder}/new.json", codes) for folder, codes in [
    ("additional-properties", "request.other_properties_accepted"),
    ("common-parameters", "parameter_removed parameter_added"),
    ("xms-enum-name", SAME),  # an extension of Azure
]]

# Two releases of one interface, years apart.
RELEASES = [
    ("adyen/BalanceControlService-v1.json", "adyen/BalanceControlService-v2.json"),
    ("adyen/BinLookupService-v40.json", "adyen/BinLookupService-v54.json"),
    ("adyen/RecurringService-v25.json", "adyen/RecurringService-v68.json"),
    ("adyen/TransferService-v1.json", "adyen/TransferService-v2.json"),
    ("paypal/customer_partner_referrals_v1.json", "paypal/customer_partner_referrals_v2.json"),
    ("paypal/payments_payment_v1.json", "paypal/payments_payment_v2.json"),
    ("pb33f-openapi-changes/petstorev3-original.json", "pb33f-openapi-changes/petstorev3.json"),
]
# Files that are told to be no contract, or not to be readable, and why.
NOT_READ = {
    f"{OAS}/ref-chain-example/base/schemas/pet.yaml": "is a schema by itself",
    f"{OAS}/ref-chain-example/revision/schemas/pet.yaml": "is a schema by itself",
}


def compare(old, new):
    done = subprocess.run([FERRY, "compare", CORPUS / old, CORPUS / new, "--format", "json"], capture_output=True, text=True, timeout=60)
    report = json.loads(done.stdout)
    codes = {c["code"] for pair in report["contracts"] for c in pair["changes"]}
    wanted = 1 if report["unreadable"] else 2 if report["breaking"] + report["risky"] else 0
    return report, codes, None if done.returncode == wanted else f"{old} → {new}: status {done.returncode}, not {wanted}"


def labelled():
    """openapi-diff's names: compatible or not."""
    for base, names in BASES.items():
        for name in names.split():
            report, codes, fault = compare(f"{DIFF}/bc_{base}_base.yaml", f"{DIFF}/bc_{name}.yaml")
            want = "compatible" in name
            got = not (report["breaking"] + report["risky"] + report["unreadable"])
            if fault:
                yield fault
            elif (want == got) == (name in EXCEPTIONS):
                yield f"{name}: said to be {COMPATIBLE if want else INCOMPATIBLE}, found {', '.join(sorted(codes)) or 'nothing'}"


def named():
    pairs = [(f"{OAS}/checker/{n}_base.yaml", f"{OAS}/checker/{n}_revision.yaml", codes) for n, codes in CHECKER.items()]
    for old, new, wanted in pairs + NAMED:
        report, codes, fault = compare(old, new)
        missing = set() if wanted in (SAME, "unreadable") else set(wanted.split()) - codes
        if fault:
            yield fault
        elif wanted == "unreadable" and not report["unreadable"]:
            yield f"{old} → {new}: was read"
        elif wanted != "unreadable" and report["unreadable"]:
            yield f"{old} → {new}: unreadable"
        elif missing or (wanted == SAME and codes):
            yield f"{old} → {new}: found {', '.join(sorted(codes)) or 'nothing'}, not {wanted}"


def releases():
    for old, new in RELEASES:
        report, codes, fault = compare(old, new)
        if fault or report["unreadable"] or not codes:
            yield fault or f"{old} → {new}: unreadable or without a change"


def read():
    """Every file is told to be a contract and is read; and compared with itself it says the same."""
    done = subprocess.run([FERRY, "inspect", CORPUS, "--format", "json"], capture_output=True, text=True, timeout=120)
    for f in json.loads(done.stdout)["files"]:
        sound = f["kind"] == "openapi" and not f["faults"]
        if sound == (f["file"] in NOT_READ):
            yield f"{f['file']}: {f['kind']}, {f['faults']}"
        if sound:
            report, codes, fault = compare(f["file"], f["file"])
            if fault or codes or report["unreadable"]:
                yield f"{f['file']} differs from itself: {codes}"


def proved():
    """Defects that are put into copies of real contracts are found, all of them."""
    for path in sorted(p for p in CORPUS.rglob("*") if p.is_file() and p.stat().st_size < 60000):
        done = subprocess.run([FERRY, "compare", path, path, "--prove-rules", "--format", "json"], capture_output=True, text=True, timeout=60)
        proof = json.loads(done.stdout).get("proof") if done.returncode == 0 else None
        for row in proof["defects"] if proof else []:
            if row["found"] < row["tried"]:
                yield f"{path}: {row['defect']}: {row['missed']}"


def main():
    if not CORPUS.is_dir():
        print("note: CORPUS has no openapi/: contracts were not compared with the verdicts of their names")
        checks.report({})
        return
    found = {"verdicts of openapi-diff": labelled(), "names of oasdiff, openapi-diff and Azure": named(),
             "releases of Adyen, PayPal and pb33f": releases(), "each file is read": read(), "defects put in are found": proved()}
    pairs = sum(len(n.split()) for n in BASES.values()) + len(CHECKER) + len(NAMED) + len(RELEASES)
    print(f"note: {pairs} pairs, {len(EXCEPTIONS)} of them with a verdict of our own")
    checks.report({name: list(faults) for name, faults in found.items()})


main()
