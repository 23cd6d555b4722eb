/* The verbs: each is one file, and each reads its own arguments (argv[0] is the verb's name) and answers the
 * exit status: 0 as expected, 1 differences or findings, 2 the input is wrong, 3 the environment failed,
 * 4 nothing was selected to run. main.c only chooses. */
#ifndef STATUSQUO_CLI_VERBS_H
#define STATUSQUO_CLI_VERBS_H

int record_main(int argc, char **argv);
int replay_main(int argc, char **argv);
int approve_main(int argc, char **argv);
int compare_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int lint_main(int argc, char **argv);
int render_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int import_main(int argc, char **argv);
int export_main(int argc, char **argv);
int recordings_main(int argc, char **argv);
int report_main(int argc, char **argv);
int init_main(int argc, char **argv);
int schema_main(int argc, char **argv);

#endif
