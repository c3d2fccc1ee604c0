CREATE TABLE "ledger_folded" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"process" varchar(36) COLLATE "C" NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "ledger_folded_account_id_minute_process_pk" PRIMARY KEY("account_id","minute","process")
);
--> statement-breakpoint
CREATE INDEX "ledger_folded_by_time" ON "ledger_folded" USING brin ("minute");
