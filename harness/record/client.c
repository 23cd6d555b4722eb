/* Asks backends, several at once, from one thread: libcurl's multi handle waits for all of them. */
#include "harness/record/record_parts.h"

#include <pthread.h>
#include <stdlib.h>

enum {
  DEFAULT_JOBS = 8,
  MOST_JOBS = 1000,
  WAIT_MS = 100, /* a stop signal is seen at the latest after this */
};

typedef struct Client {
  CURLM *multi;
  Transfer *transfers;
  size_t jobs, active;
  RecordTask *tasks;
  size_t count, next;
  const RecordOptions *options;
  RecordSink sink;
  void *subject;
  const volatile int *stop;
  Arena *arena;
} Client;

static void start_library(void) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) abort(); /* no memory */
}

static bool is_stopped(const Client *client) {
  return client->stop != NULL && *client->stop != 0;
}

static Transfer *idle_transfer(Client *client) {
  for (size_t i = 0; i < client->jobs; i++)
    if (client->transfers[i].task == NULL) return &client->transfers[i];
  return NULL;
}

/* Fills the free places; a task that can't be asked is answered at once. */
static bool start_some(Client *client, Fault *fault) {
  while (client->next < client->count && client->active < client->jobs && !is_stopped(client)) {
    RecordTask *task = &client->tasks[client->next++];
    Transfer *transfer = idle_transfer(client);
    if (transfer_start(transfer, task, client->options, client->arena)) {
      client->active++;
      curl_multi_add_handle(client->multi, transfer->easy);
    } else {
      exchange_stamp(&task->exchange, clock_milliseconds(), client->arena);
      if (!client->sink(client->subject, task, fault)) return false;
    }
  }
  return true;
}

static bool finish_some(Client *client, bool *any, Fault *fault) {
  int left;
  const CURLMsg *message;
  while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer *transfer;
    CURLcode result = message->data.result;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
    curl_multi_remove_handle(client->multi, transfer->easy);
    RecordTask *task = transfer->task;
    transfer_finish(transfer, result);
    client->active--;
    *any = true;
    if (!client->sink(client->subject, task, fault)) return false;
  }
  return true;
}

static bool run(Client *client, Fault *fault) {
  for (;;) {
    bool any = false;
    int running;
    if (!start_some(client, fault)) return false;
    if (client->active == 0) return true;
    curl_multi_perform(client->multi, &running);
    if (!finish_some(client, &any, fault)) return false;
    if (is_stopped(client)) return true;
    if (any) continue;
    if (!client->sink(client->subject, NULL, fault)) return false;
    curl_multi_poll(client->multi, NULL, 0, WAIT_MS, NULL);
  }
}

bool record_tasks(RecordTask *tasks, size_t count, const RecordOptions *options, RecordSink sink,
                  void *subject, const volatile int *stop, Arena *arena, Fault *fault) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start_library);
  size_t jobs = options->jobs > 0 ? (size_t)options->jobs : DEFAULT_JOBS;
  if (jobs > MOST_JOBS) jobs = MOST_JOBS;
  if (jobs > count) jobs = count;
  Client client = {.multi = curl_multi_init(),
                   .transfers = ARENA_ARRAY(arena, Transfer, jobs),
                   .jobs = jobs,
                   .tasks = tasks,
                   .count = count,
                   .options = options,
                   .sink = sink,
                   .subject = subject,
                   .stop = stop,
                   .arena = arena};
  if (client.multi == NULL) abort(); /* no memory */
  curl_multi_setopt(client.multi, CURLMOPT_MAXCONNECTS, (long)jobs + 1);
  for (size_t i = 0; i < jobs; i++) transfer_open(&client.transfers[i]);
  bool good = run(&client, fault);
  for (size_t i = 0; i < jobs; i++) {
    if (client.transfers[i].task != NULL) curl_multi_remove_handle(client.multi, client.transfers[i].easy);
    transfer_close(&client.transfers[i]);
  }
  curl_multi_cleanup(client.multi);
  return good;
}
