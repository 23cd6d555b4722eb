/* Terraform: `terraform show -json` of a plan or a state. */
#include "harness/definition/loader.h"
bool read_terraform(Loader *loader, const cJSON *root) {
  return loader_fault(loader, root, "Terraform plans are not read yet");
}
