CREATE TABLE "ledger_rounds" (
	"id" smallint PRIMARY KEY NOT NULL,
	"serial" bigint NOT NULL,
	"done_at" timestamp with time zone NOT NULL,
	"whole_at" timestamp with time zone,
	"missing" bigint NOT NULL,
	"excess" bigint NOT NULL,
	"pending" bigint NOT NULL,
	"oldest_pending" timestamp with time zone
);
